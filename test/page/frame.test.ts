import { afterAll, beforeAll, expect, test } from 'vitest';
import { admin, type TestService, testService } from '../service/service-kit.js';
import { closeBrowser, reader, windows } from './browser-kit.js';

/* Frame of all pages: the first account, logins, what stands around each page; in a real browser. */

let service: TestService;

beforeAll(async () => {
  service = await testService();
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
});

test('a page loads nothing from elsewhere, runs nothing that stands in it, and is in no frame', async () => {
  const { headers, status, body } = await service.send('GET /', undefined, null);
  expect(status).toBe(200);
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(body).not.toMatch(/ style=| on\w+=/);
});

for (const window of windows) {
  test(`the overview and the login are well: ${window.scheme}, ${window.width} wide`, async () => {
    const { open, expectWell, picture, close } = await reader(service, window);
    await open('/');
    await expectWell();
    await picture('overview');
    await close();
    const nobody = await reader(service, { ...window, as: null });
    await nobody.open('/login');
    await nobody.expectWell();
    await nobody.picture('login');
    await nobody.close();
  });
}

test('somebody logs in by the keyboard alone, and lands where they wanted to go', async () => {
  const { page, open, complaints, close } = await reader(service, { as: null });
  await open('/login?next=%2Frepositories');
  await page.locator('input[name=username]').focus();
  await page.keyboard.type(admin[0]);
  await page.keyboard.press('Tab');
  await page.keyboard.type('not the password');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await page.locator('input[name=password]').focus();
  await page.keyboard.type(admin[1]);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/repositories');
  expect(complaints).toEqual([]);
  await close();
});

test.each([
  '/',
  '/jobs',
  '/access/users',
])('%s loads at most 80 kB, all of it named by the page, and nothing twice', async (path) => {
  const { page, open, complaints, close } = await reader(service, { language: 'de' });
  await open(path);
  const loaded = await page.evaluate<{ name: string; size: number }[]>(
    `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/assets/')).map(
      ({ name, encodedBodySize: size }) => ({ name, size }))`,
  );
  const size = loaded.reduce((sum, each) => sum + each.size, 0);
  expect(size).toBeGreaterThan(30_000);
  expect(size).toBeLessThanOrEqual(80_000);
  expect(new Set(loaded.map(({ name }) => name)).size).toBe(loaded.length);
  // The page names all of them itself: none is found out of another.
  const html = await (await page.request.get(path, { headers: { 'Accept-Language': 'de' } })).text();
  expect(loaded.filter(({ name }) => !html.includes(new URL(name).pathname))).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

test('a link works whose pages are not there any more, as after an update: all is loaded anew', async () => {
  const { page, open, close } = await reader(service);
  await open('/');
  await page.evaluate('globalThis.isOld = true');
  await page.route('**/assets/work-*.js', async (route) => await route.fulfill({ status: 404 }), { times: 1 });
  await page.getByRole('navigation').getByRole('link', { name: 'Jobs' }).click();
  await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
  await page.waitForSelector('html[data-live]', { state: 'attached' });
  expect(await page.evaluate('[location.pathname, globalThis.isOld]')).toEqual(['/jobs', undefined]);
  await close();
});

test('a login leads to no other site', async () => {
  for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
    const { page, open, close } = await reader(service, { as: null });
    await open(`/login?next=${encodeURIComponent(next)}`);
    await page.fill('input[name=username]', admin[0]);
    await page.fill('input[name=password]', admin[1]);
    await page.click('main button[type=submit]');
    await page.waitForURL(`${service.url}/`);
    await close();
  }
});

test('what a page shows is there before its script runs', async () => {
  const { page, open, close } = await reader(service, { script: false });
  await open('/');
  expect(await page.locator('h1').innerText()).toBe('Overview');
  expect(await page.locator('nav a').count()).toBeGreaterThan(5);
  await close();
});

test('the language is the reader’s: as the browser says, and as was chosen', async () => {
  const { page, open, close } = await reader(service, { language: 'de-AT' });
  await open('/');
  expect(await page.locator('html').getAttribute('lang')).toBe('de');
  expect(await page.locator('h1').innerText()).toBe('Übersicht');
  await page.locator('details.menu summary').click();
  await page.locator('.menu select').first().selectOption('en');
  await page.locator('h1', { hasText: 'Overview' }).waitFor();
  await close();
});

test('the colours of who has chosen none are those of the operator, and a choice is stronger', async () => {
  const dark = await testService({ registry: false, page_theme: 'dark' });
  const { page, open, close } = await reader(dark, { scheme: 'light' });
  await open('/');
  const theme = async () => await page.locator('html').getAttribute('data-theme');
  expect(await theme()).toBe('dark');
  await page.locator('details.menu summary').click();
  const choice = page.locator('.menu select').last();
  expect(await choice.inputValue()).toBe('dark');
  await choice.selectOption('auto');
  expect(await theme()).toBe(null);
  await open('/repositories');
  expect(await theme()).toBe(null);
  await close();
  await dark.close();
});
