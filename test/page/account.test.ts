import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LoginDelays } from '../../src/service/access/credentials/login-delays.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import { type TestService, testService } from '../service/service-kit.js';
import { closeBrowser, reader, windows } from './browser-kit.js';

/* The page of one's own account, in a real browser. */

const bob = ['bob', 'a long pass phrase'] as const;
const hostile = '<img src=x onerror=alert(1)> "quoted" & {{braces}}';

let service: TestService;

beforeAll(async () => {
  service = await testService();
  await service.send('POST /api/v1/users', { name: 'bob', password: bob[1], fullName: hostile });
  await service.send(
    'POST /api/v1/tokens',
    { label: hostile, repositories: [{ path: 'team/', actions: ['pull'] }] },
    bob,
  );
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
});

for (const window of windows) {
  test(`an account is well: ${window.scheme}, ${window.width} wide`, async () => {
    const { open, page, expectWell, picture, close } = await reader(service, { ...window, as: bob });
    await open('/account');
    await page.getByRole('button', { name: 'New access token' }).click();
    await page.getByRole('button', { name: 'Narrow it to some repositories' }).click();
    expect(await page.getByRole('rowheader').first().textContent()).toBe(hostile);
    await expectWell();
    await picture('account');
    await close();
  });
}

test('a token is shown once: in no address, state of the page, or history', async () => {
  const { page, open, expectWell, close } = await reader(service, { as: bob });
  await open('/account');
  await page.getByRole('button', { name: 'New access token' }).click();
  await page.getByLabel('Label').fill('laptop');
  await page.getByRole('button', { name: 'Narrow it to some repositories' }).click();
  await page.getByLabel('Path').fill('Not A Path');
  await page.getByRole('button', { name: 'Make the token' }).click();
  await page.getByRole('alert').waitFor();
  const wrong = page.getByLabel('Path');
  await expect.poll(() => wrong.getAttribute('aria-invalid')).toBe('true');
  await expect.poll(() => wrong.evaluate((field) => field.matches(':focus'))).toBe(true);
  await wrong.fill('bob/');
  await page.getByRole('button', { name: 'Make the token' }).click();
  const secret = (await page.locator('code.secret').textContent()) ?? '';
  expect(secret).toMatch(/^prv_/);
  expect(await page.getByText('docker login -u bob', { exact: false }).count()).toBeGreaterThan(0);
  await expectWell();
  expect(page.url()).not.toContain(secret);
  expect(await page.evaluate('JSON.stringify(history.state)')).not.toContain(secret);
  const answer = await service.send('GET /api/v1/session', undefined, ['bob', secret]);
  expect(answer.status).toBe(403); // It opens registries alone: but it is the one.
  await page.reload();
  expect(await page.content()).not.toContain(secret);
  await page.getByRole('button', { name: 'Delete laptop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('rowheader', { name: 'laptop' }).waitFor({ state: 'detached' });
  expect((await service.send('GET /api/v1/session', undefined, ['bob', secret])).status).toBe(401);
  await close();
});

test('a session that is not this one is ended, and a password changed by the present one alone', async () => {
  const other = await reader(service, { as: bob });
  const { page, open, expectWell, close } = await reader(service, { as: bob });
  await open('/account');
  expect(await page.getByText('this one').count()).toBe(1);
  const others = page.getByRole('button', { name: /^End 127/ });
  const before = await others.count();
  await others.first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
  await expect.poll(() => others.count()).toBe(before - 1);
  await other.close();

  await page.getByLabel('Present password').fill('not it at all');
  await page.getByLabel('New password').fill('another long pass phrase');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('must be the present password').first().waitFor();
  await page.getByLabel('Present password').fill(bob[1]);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('The password is changed.').first().waitFor();
  await expectWell();
  await close();
  const now = await service.send('GET /api/v1/session', undefined, ['bob', 'another long pass phrase']);
  expect(now.status).toBe(200);
});

test('after too many wrong passwords the login says how long to wait', async () => {
  await service.send('POST /api/v1/users', { name: 'carl', password: bob[1] });
  const database = await openDatabase(join(service.folder, 'service.db'));
  const delays = new LoginDelays(database);
  for (let n = 0; n < 12; n += 1) await delays.fail('carl', '127.0.0.1');
  await database.close();
  const { page, open, expectWell, close } = await reader(service, { as: null });
  await open('/login?next=%2Faccount');
  expect(await page.evaluate('document.activeElement?.getAttribute("name")')).toBe('username');
  await page.getByLabel('Name').fill('carl');
  await page.getByLabel('Password').fill('wrong again and again');
  await page.getByRole('main').getByRole('button', { name: 'Log in' }).click();
  await page.getByText(/Too many wrong passwords .* Try again in \d+ seconds?/).waitFor();
  expect(await page.getByRole('main').getByRole('button', { name: 'Log in' }).isDisabled()).toBe(true);
  await expectWell();
  await close();
});

test('a setup token in the address stays in no history, and there is no second setup', async () => {
  const fresh = await testService({ registry: false }, false);
  try {
    const { page, close } = await reader(fresh, { as: null });
    await page.goto(`/setup#token=${fresh.setupToken}`);
    await expect.poll(() => page.getByLabel('Token').inputValue()).toBe(fresh.setupToken);
    expect(page.url()).not.toContain('token');
    await page.getByLabel('Name', { exact: true }).fill('Anna B');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Name', { exact: true }).fill('anna');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.waitForURL((url) => url.pathname === '/');
    await page.goto('/setup');
    expect(await page.getByText('This service has its accounts already.').count()).toBe(1);
    await close();
  } finally {
    await fresh.close();
  }
});
