import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestService, testService } from '../service/service-kit.js';
import { closeBrowser, reader, windows } from './browser-kit.js';

/* Pages of users, groups, robots, rights and the audit, in a real browser. */

const bob = ['bob', 'a long pass phrase'] as const;
const hostile = '<script>alert(1)</script> {{n}} \u202e';

let service: TestService;

beforeAll(async () => {
  service = await testService();
  await service.send('POST /api/v1/users', { name: 'bob', password: bob[1], fullName: hostile });
  await service.send('POST /api/v1/groups', { name: 'ops', description: hostile });
  await service.send('POST /api/v1/robots', { name: 'bob+ci', description: hostile });
  await service.send('POST /api/v1/robots', { name: 'plain' });
  const grant = { subject: { kind: 'group', name: 'ops' }, path: 'team/', role: 'pusher' };
  await service.send('POST /api/v1/grants', grant);
  await service.send('POST /api/v1/job-grants', { account: 'bob', hosts: ['*'], verbs: ['view'] });
  await service.send('PUT /api/v1/visibilities', { path: 'team/base', visibility: 'public' });
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
});

const paths = [
  '/access',
  '/access/users',
  '/access/users/bob',
  '/access/groups',
  '/access/groups/ops',
  '/access/robots',
  '/access/robots/bob%2Bci',
  '/access/grants',
  '/access/explain?account=bob&action=push&repository=team%2Fapp',
  '/access/visibility',
  '/access/directory',
  '/audit',
];

for (const window of windows) {
  test(`pages of access are well: ${window.scheme}, ${window.width} wide`, async () => {
    const { open, expectWell, picture, close } = await reader(service, window);
    for (const path of paths) {
      await open(path);
      await expectWell();
      await picture(path.split('?')[0]?.replaceAll(/\W+/g, '-') ?? '');
    }
    await close();
  }, 300_000);
}

test('an administrator makes a user, is told what is wrong at its field, and deletes it by its name', async () => {
  const { page, open, complaints, close } = await reader(service);
  await open('/access/users');
  await page.getByText('New user').click();
  const form = page.getByRole('form', { name: 'New user' });
  await form.getByLabel('Name', { exact: true }).fill('Carl Gustav');
  await form.getByRole('button').click();
  await form.getByRole('alert').waitFor();
  expect(await form.getByLabel('Name', { exact: true }).getAttribute('aria-invalid')).toBe('true');
  await form.getByLabel('Name', { exact: true }).fill('carl');
  await form.getByRole('button').click();
  await page.waitForURL('**/access/users/carl');
  await page.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('button', { name: 'Disable' }).waitFor();
  await page.getByRole('button', { name: 'Delete the user' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('button', { name: 'Delete the user' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Type carl to go on').fill('carl');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/access/users');
  expect((await service.send('GET /api/v1/users/carl')).status).toBe(404);
  expect(complaints).toEqual([]);
  await close();
});

test('users are found, and made of a file of htpasswd', async () => {
  const { page, open, close } = await reader(service);
  await open('/access/users?q=script');
  expect(await page.getByRole('rowheader').allTextContents()).toEqual(['bob']);
  await page.getByText('Import a file of htpasswd').click();
  const hash = '$2b$05$abcdefghijklmnopqrstuuJ0kQ1q3nq7m1k1o0Tq0d0b3w8Q9m3Ce';
  await page.getByLabel('Lines').fill(`dora:${hash}\nbob:${hash}\n`);
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByText('1 user was made.').waitFor();
  expect(await page.getByText('Skipped: bob').count()).toBe(1);
  await close();
});

test('a right is given and taken back; a path that cannot be is told at its field', async () => {
  const { page, open, complaints, close } = await reader(service);
  await open('/access/grants');
  const form = page.getByRole('form', { name: 'Give a right', exact: true });
  await form.getByLabel('Name').fill('bob');
  await form.getByLabel('Path').fill('UPPER/');
  await form.getByRole('button', { name: 'Give it' }).click();
  await form.getByRole('alert').waitFor();
  expect(await form.getByLabel('Path').getAttribute('aria-invalid')).toBe('true');
  await form.getByLabel('Path').fill('shared/');
  await form.getByLabel('Right').selectOption('denied');
  await form.getByRole('button', { name: 'Deny it' }).click();
  const take = page.getByRole('button', { name: 'Take back bob shared/' });
  await take.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
  await take.waitFor({ state: 'detached' });
  expect(await page.evaluate('document.activeElement?.tagName')).toBe('H1');
  expect(complaints).toEqual([]);
  await close();
});

test('members of a group are added and removed', async () => {
  const { page, open, close } = await reader(service);
  await open('/access/groups/ops');
  await page.getByRole('textbox', { name: 'Name of a new member' }).fill('nobody-of-that-name');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('there is no', { exact: false }).waitFor();
  await page.getByRole('textbox', { name: 'Name of a new member' }).fill('bob');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('heading', { name: '1 member' }).waitFor();
  await page.getByRole('button', { name: 'Remove bob' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: '0 members' }).waitFor();
  await close();
});

test('an owner sees what is theirs alone: robots of their namespace, rights of their paths', async () => {
  const { page, open, expectWell, close } = await reader(service, { as: bob });
  await open('/access');
  expect(await page.getByRole('main').getByRole('link').allTextContents()).toEqual([
    'Robots',
    'Rights',
    'Visibility',
    'Explain',
    'Your account',
  ]);
  await open('/access/robots');
  expect(await page.getByRole('rowheader').allTextContents()).toEqual(['bob+ci']);
  await open('/access/grants');
  expect(await page.getByRole('rowheader').allTextContents()).toEqual(['bob']);
  await expectWell();
  await open('/access/grants?path=team%2F');
  await page.getByText('You do not own: team/').waitFor();
  await open('/access/users');
  await page.getByText('This is not for your account').waitFor();
  await close();
});

test('without a script the filters of the audit work, and what it tells is text', async () => {
  const { page, open, close } = await reader(service, { script: false });
  await open('/audit');
  await page.getByLabel('Action').fill('user.create');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(/verb=user\.create/);
  const verbs = await page.locator('td[data-title=Action]').allTextContents();
  expect(verbs.length).toBeGreaterThan(0);
  expect(new Set(verbs)).toEqual(new Set(['user.create']));
  await close();
});
