import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestService, testService } from '../service/service-kit.js';
import { closeBrowser, reader } from './browser-kit.js';
import { fillImages, hostile } from './images-kit.js';

/* What people say of a repository, and what its owners change, by the page. */

const bob = ['bob', 'hunter2 hunter2'] as const;
const path = '/repositories/local/team/app';
let service: TestService;

beforeAll(async () => {
  service = await testService();
  await fillImages(service);
  await service.send('POST /api/v1/users', { name: bob[0], password: bob[1] });
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
});

test('a star is given and taken back', async () => {
  const { page, open, complaints, close } = await reader(service);
  await open(path);
  const star = page.getByRole('button', { name: /^Star/ });
  await star.click();
  await page.getByText('1 star', { exact: true }).waitFor();
  expect(await star.getAttribute('aria-pressed')).toBe('true');
  await star.click();
  await page.getByText('0 stars', { exact: true }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test('a comment is added, changed and deleted; nothing in it runs', async () => {
  const { page, open, expectWell, picture, close } = await reader(service);
  await open(`${path}?tab=comments`);
  await page
    .getByLabel('Your comment')
    .fill(`**Well** made ${hostile} [run](javascript:alert(1)) ![x](https://evil.example/x.png)`);
  await page.getByRole('button', { name: 'Add the comment' }).click();
  const comment = page.locator('.comment');
  await comment.locator('strong', { hasText: 'Well' }).waitFor();
  expect(await comment.locator('img, script').count()).toBe(0);
  expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
  expect(await page.getByLabel('Your comment').inputValue()).toBe('');
  await expectWell();
  await picture('comments');
  await comment.getByRole('button', { name: 'Edit' }).click();
  await comment.getByRole('textbox').fill('Quite well made');
  await comment.getByRole('button', { name: 'Save the comment' }).click();
  await comment.getByText('Quite well made').waitFor();
  await comment.getByText('edited').waitFor();
  await comment.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('There are no comments yet').waitFor();
  await close();
});

test('maintainers write a description, a README and a notice; a save over another’s is refused', async () => {
  const { page, open, expectWell, picture, close } = await reader(service);
  await open(`${path}?tab=settings`);
  await page.getByLabel('One line that says what it is').fill('The application of the team');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await page.locator('p', { hasText: 'The application of the team' }).waitFor();
  await page.getByLabel('Text of the README').fill('# App\n\n| a | b |\n|---|---|\n| 1 | 2 |\n');
  await page.getByRole('button', { name: 'Save' }).nth(1).click();
  await page.getByText('As it is shown now').click();
  await page.getByRole('cell', { name: '2' }).waitFor();
  const other = await service.send('PUT /api/v1/registries/local/repositories/team%2Fapp/readme', { text: 'Other' });
  expect(other.status).toBe(200);
  await page.getByLabel('Text of the README').fill('Mine');
  await page.getByRole('button', { name: 'Save' }).nth(1).click();
  await page
    .getByRole('alert')
    .getByText(/changed meanwhile/)
    .waitFor();
  await page.getByText('Pin a notice').click();
  await page.getByLabel('Level').selectOption('deprecated');
  await page.getByLabel('Text of the notice').fill('Use *team/new*.');
  await page.getByRole('button', { name: 'Pin it' }).click();
  await page.getByRole('button', { name: 'Take away' }).waitFor();
  await expectWell();
  await picture('settings');
  for (const where of [path, '/images/local/team/app:1.0']) {
    await open(where);
    await page.locator('.note-bad em', { hasText: 'team/new' }).waitFor();
  }
  await open(`${path}?tab=about`);
  await page.locator('.readme', { hasText: 'Other' }).waitFor();
  await expectWell();
  await open(`${path}?tab=settings`);
  await page.getByRole('button', { name: 'Take away' }).click();
  await page.getByRole('button', { name: 'Take away' }).waitFor({ state: 'detached' });
  await close();
});

test('owners give roles and take them back, set the visibility, and learn why', async () => {
  const { page, open, expectWell, picture, close } = await reader(service);
  await open(`${path}?tab=settings`);
  await page.getByLabel('Account', { exact: true }).fill('nobody-of-this-name');
  await page.getByRole('button', { name: 'Give the role' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Account', { exact: true }).fill('bob');
  await page.getByLabel('Role', { exact: true }).selectOption('pusher');
  await page.getByRole('button', { name: 'Give the role' }).click();
  await page.getByText('bob is pusher of team/app').waitFor();
  await page.getByLabel(/^Account, or nothing/).fill('bob');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.getByText('bob may push team/app: bob is pusher of team/app').waitFor();
  await expectWell();
  await picture('roles');
  await page.getByRole('button', { name: 'Take back bob' }).click();
  await page.getByText('bob is pusher of team/app', { exact: true }).waitFor({ state: 'detached' });
  await page.getByLabel('Who sees and pulls it without a role').selectOption('public');
  await page.getByRole('button', { name: 'Save' }).nth(2).click();
  await page.locator('dl.figures .badge', { hasText: 'public' }).waitFor();
  expect((await service.send('GET /api/v1/registries/local/repositories/team%2Fapp', undefined, null)).status).toBe(
    200,
  );
  await close();
});

test('a repository is deleted once its name was typed', async () => {
  const { page, open, expectWell, close } = await reader(service);
  await open('/repositories/local/other/base?tab=settings');
  await page.getByRole('button', { name: 'Delete the repository…' }).click();
  const dialog = page.getByRole('dialog');
  const submit = dialog.getByRole('button', { name: 'Delete the repository' });
  expect(await submit.isDisabled()).toBe(true);
  await expectWell();
  await dialog.getByRole('textbox').fill('other/base');
  await submit.click();
  await page.waitForURL('**/repositories');
  await page.getByRole('link', { name: 'team/app' }).waitFor();
  expect(await page.getByRole('link', { name: 'other/base' }).count()).toBe(0);
  await close();
});
