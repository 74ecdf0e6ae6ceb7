import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type TestService, testService } from '../service/service-kit.js';
import { closeBrowser, type Reader, reader } from './browser-kit.js';
import { fillImages } from './images-kit.js';

/* What readers do with images by the page: delete and bring back, one and many, revert, and what is refused. */

const bob = ['bob', 'hunter2 hunter2'] as const;
const tagsPath = '/repositories/local/team/app';
let service: TestService;
let anna: Reader;

beforeEach(async () => {
  service = await testService();
  await fillImages(service);
  anna = await reader(service);
});

afterEach(async () => {
  expect(anna.complaints).toEqual([]);
  await anna.close();
  await service.close();
});

afterAll(closeBrowser);

const tagNames = async ({ page }: Reader) => await page.locator('tbody .tag-name a').allInnerTexts();

test('a tag goes after its siblings were shown, and comes back; by the keyboard alone', async () => {
  const { page, open, expectWell, picture } = anna;
  await open(tagsPath);
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: '1.0.0', exact: true }) });
  await row.getByRole('button', { name: 'Delete…' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('One other tag leads to the same image').waitFor();
  expect(await dialog.locator('.names').innerText()).toBe('1.0');
  await expectWell();
  await picture('delete-tag');
  await page.keyboard.press('Escape');
  await page.locator('dialog form').waitFor({ state: 'detached' });
  expect(await tagNames(anna)).toContain('1.0.0');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Delete the tag' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('1.0.0 was deleted.').waitFor();
  await expect.poll(() => page.evaluate('document.activeElement?.getAttribute("role")')).toBe('status');
  await expect.poll(() => tagNames(anna)).not.toContain('1.0.0');
  await picture('undo');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: '1.0.0', exact: true }).waitFor();
  expect(await page.getByText('1.0.0 was deleted.').count()).toBe(0);
});

test('many tags go as they were previewed, and can be brought back', async () => {
  const { page, open, expectWell, picture } = anna;
  await open(tagsPath);
  await page.getByLabel('Select 1.0', { exact: true }).check();
  await page.getByLabel('Select 1.0.0').check();
  await page.getByRole('button', { name: 'Delete the selected…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('2 tags would go.').waitFor();
  await expectWell();
  await picture('bulk-preview');
  await dialog.getByRole('button', { name: 'Delete 2 tags' }).click();
  await page.locator('.note', { hasText: '2 tags were deleted.' }).waitFor();
  await expect.poll(async () => (await tagNames(anna)).sort()).toEqual(['2', '2.0', 'latest']);
  await page.getByRole('link', { name: 'What was deleted can be brought back' }).click();
  await page.getByRole('button', { name: 'Bring back' }).first().waitFor();
  await expectWell();
  await picture('removed-two');
  await page.getByRole('button', { name: 'Bring back 1.0', exact: true }).click();
  await page.getByRole('button', { name: 'Bring back 1.0', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: /^Tags/ }).click();
  await page.getByRole('link', { name: '1.0', exact: true }).waitFor();
});

test('a filter deletes nothing that its preview has not shown', async () => {
  const { page, open } = anna;
  await open(tagsPath);
  await page.getByText('Delete many tags by a filter').click();
  await page.getByRole('button', { name: 'Show what would go' }).click();
  await page.getByText('Say which tags').waitFor();
  await page.getByLabel('Names').fill('1.*');
  await page.getByRole('button', { name: 'Show what would go' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('2 tags would go.').waitFor();
  const deleted = await service.send('DELETE /api/v1/registries/local/repositories/team%2Fapp/tags/1.0.0');
  expect(deleted.status).toBe(200);
  await dialog.getByRole('button', { name: 'Delete 2 tags' }).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByText('One tag would go.').waitFor();
  expect((await service.send('GET /api/v1/registries/local/repositories/team%2Fapp/tags')).body.count).toBe(5);
});

test('an image goes with its tags, its parts and what is about it, after these were shown', async () => {
  const { page, open, expectWell, picture } = anna;
  await open('/images/local/team/app:2.0');
  await page.getByRole('button', { name: 'Delete the image…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('These 3 tags go with it').waitFor();
  await expectWell();
  await picture('delete-image');
  await dialog.getByRole('button', { name: 'Delete the image', exact: true }).click();
  await page.waitForURL('**/repositories/local/team/app?tab=removed');
  await page.getByRole('button', { name: 'Bring back latest' }).waitFor();
  await page.getByRole('link', { name: /^Tags/ }).click();
  await page.getByRole('link', { name: '1.0', exact: true }).waitFor();
  await expect.poll(async () => (await tagNames(anna)).sort()).toEqual(['1.0', '1.0.0']);
});

test('a tag is taken back to what it was', async () => {
  const { page, open, expectWell, picture } = anna;
  const { registry, index } = await fillImages(service);
  await registry.putManifest('team/app', '1.0', index);
  await expect
    .poll(async () => {
      const { body } = await service.send('GET /api/v1/registries/local/repositories/team%2Fapp/tags/1.0/history');
      return body.items[0].digest;
    })
    .toBe(index.digest);
  await open('/images/local/team/app:1.0');
  await page
    .getByRole('button', { name: /^Take the tag back here/ })
    .first()
    .click();
  await expectWell();
  await picture('revert');
  await page.getByRole('dialog').getByRole('button', { name: 'Take the tag back here' }).click();
  await page.getByText('brought back').waitFor();
  expect(await page.getByText('image', { exact: true }).count()).toBeGreaterThan(0);
});

test('what a reader may not do is not offered, and a refusal is shown', async () => {
  await service.send('POST /api/v1/users', { name: bob[0], password: bob[1] });
  const grant = { subject: { kind: 'account', name: 'bob' }, path: 'team/app', role: 'maintainer' };
  const { id } = (await service.send('POST /api/v1/grants', grant)).body;
  const own = await reader(service, { as: bob });
  await own.open(tagsPath);
  const button = own.page.getByRole('button', { name: 'Delete… 1.0', exact: true });
  await button.click();
  await own.page.getByRole('dialog').getByText('One other tag').waitFor();
  await service.send(`DELETE /api/v1/grants/${id}`);
  await service.send('POST /api/v1/grants', { ...grant, role: 'puller' });
  await own.page.getByRole('button', { name: 'Delete the tag' }).click();
  await own.page.getByRole('alert').waitFor();
  await own.open(tagsPath);
  expect(await own.page.getByRole('button', { name: /Delete/ }).count()).toBe(0);
  expect(await own.page.getByRole('link', { name: 'Settings' }).count()).toBe(0);
  expect(own.complaints).toEqual([]);
  await own.close();
});
