import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestService, testService } from '../service/service-kit.js';
import { closeBrowser, reader } from './browser-kit.js';
import { fillImages, fillManyTags } from './images-kit.js';

/* Lists of images that are long, sorted, filtered and copied from; and the search. */

let service: TestService;

beforeAll(async () => {
  service = await testService();
  await fillManyTags(service, 10_000);
  await fillImages(service);
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
});

test('ten thousand tags come a hundred at a time, as the reader gets to their end', async () => {
  const { page, open, complaints, close } = await reader(service);
  await open('/repositories/local/many/tags?sort=-version');
  const rows = page.locator('tbody tr');
  expect(await rows.count()).toBe(100);
  expect(await rows.first().locator('th a').innerText()).toBe('1.9999');
  await page.getByText('100 of 10,000').waitFor();
  await page.getByRole('navigation', { name: 'Pages' }).scrollIntoViewIfNeeded();
  await page.getByText('200 of 10,000').waitFor();
  expect(await rows.nth(100).locator('th a').innerText()).toBe('1.9899');
  await page.getByRole('link', { name: 'Tag', exact: true }).click();
  await page.getByText('100 of 10,000').waitFor();
  expect(await rows.first().locator('th a').innerText()).toBe('1.0');
  expect(complaints).toEqual([]);
  await close();
});

test('without a script the next hundred are a link away', async () => {
  const { page, close } = await reader(service, { script: false });
  await page.goto('/repositories/local/many/tags?sort=version');
  await page.getByRole('link', { name: 'Next page' }).click();
  expect(await page.locator('tbody th a').first().innerText()).toBe('1.100');
  await page.getByRole('link', { name: 'First page' }).click();
  expect(await page.locator('tbody th a').first().innerText()).toBe('1.0');
  await close();
});

test('tags are filtered by text and platform; what is about others is hidden until it is wanted', async () => {
  const { page, open, close } = await reader(service);
  const shown = async () => (await page.locator('tbody .tag-name a').allInnerTexts()).sort();
  await open('/repositories/local/team/app');
  expect(await shown()).toEqual(['1.0', '1.0.0', '2', '2.0', 'latest']);
  await page.getByRole('combobox', { name: 'Platform' }).fill('linux/arm64');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL('**/app?*platform=linux%2Farm64*');
  await expect.poll(shown).toEqual(['2', '2.0', 'latest']);
  await page.getByRole('combobox', { name: 'Platform' }).fill('');
  await page.getByLabel('Show signatures and the like').check();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('about another image').waitFor();
  expect(await shown()).toHaveLength(6);
  await page.goBack();
  await expect.poll(shown).toEqual(['2', '2.0', 'latest']);
  expect(await page.getByRole('combobox', { name: 'Platform' }).inputValue()).toBe('linux/arm64');
  await close();
});

test('what is copied of a tag is bare, or for docker or podman, by tag or by digest', async () => {
  const { page, open, expectWell, picture, close } = await reader(service);
  await open('/repositories/local/team/app');
  await page.getByRole('button', { name: 'Copy as… 2.0', exact: true }).click();
  const commands = await page.getByRole('dialog').locator('code').allInnerTexts();
  const host = service.registry ?? '';
  expect(commands.slice(0, 3)).toEqual([
    `${host}/team/app:2.0`,
    `docker pull ${host}/team/app:2.0`,
    `podman pull ${host}/team/app:2.0`,
  ]);
  expect(commands.slice(3).every((each) => /team\/app@sha256:[0-9a-f]{64}$/.test(each))).toBe(true);
  await expectWell();
  await picture('copy');
  await close();
});

test('the search finds repositories, tags and images, and leads there; its examples can be clicked', async () => {
  const { page, open, complaints, close } = await reader(service);
  await open('/');
  await page.getByRole('searchbox', { name: /Search repositories/ }).fill('team/app tag:2*');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'team/app:2.0' }).click();
  await page.getByRole('heading', { name: 'team/app:2.0' }).waitFor();
  const digest = await page.locator('dl.facts code').first().innerText();
  await open(`/search?q=digest:${digest.slice(7, 19)}`);
  await page.getByRole('rowheader').first().waitFor();
  await open('/search');
  await page.getByRole('link', { name: 'pushed:<30d' }).click();
  await page.getByRole('rowheader').first().waitFor();
  await open('/search?q=stars:5');
  expect(await page.getByRole('alert').innerText()).toContain('there is no stars:');
  await open('/search?q=nothing-has-this-name');
  await page.getByText('Nothing was found').waitFor();
  const [csv] = [await page.request.get('/api/v1/search?q=team&format=csv')];
  expect(csv.headers()['content-type']).toContain('text/csv');
  expect(complaints).toEqual([]);
  await close();
});
