import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestService, testService } from '../service/service-kit.js';
import { closeBrowser, reader, windows } from './browser-kit.js';
import { type FilledImages, fillImages } from './images-kit.js';

/* Pages of images as they look: each in both themes and widths, with all that may be on them. */

let service: TestService;
let filled: FilledImages;

beforeAll(async () => {
  service = await testService();
  filled = await fillImages(service);
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
});

/** Both themes and both widths, each once: a look at all pages takes long. */
const looked = [windows[0], windows[3]];

for (const window of looked) {
  test(`pages of images are well: ${window.scheme}, ${window.width} wide`, async () => {
    const { page, open, expectWell, picture, close } = await reader(service, window);
    const image = '/images/local/team/app:2.0';
    for (const [name, path] of [
      ['repositories', '/repositories'],
      ['repositories-none', '/repositories?q=nothing'],
      ['tags', '/repositories/local/team/app'],
      ['tags-none', '/repositories/local/team/app?q=nothing'],
      ['removed', '/repositories/local/team/app?tab=removed'],
      ['image-index', image],
      ['image', '/images/local/team/app:1.0'],
      ['search', '/search?q=app'],
      ['search-help', '/search'],
      ['search-wrong', '/search?q=stars:5'],
    ] as const) {
      await open(path);
      await expectWell();
      await picture(name);
    }
    await open(image);
    for (let at = 0; at < (await page.getByRole('link', { name: 'Show the content' }).count()); at += 1) {
      await page.getByRole('link', { name: 'Show the content' }).nth(at).click();
      await page.locator('.referrer-content').waitFor();
      await expectWell();
      await picture(`referrer-${at}`);
      await page.getByRole('link', { name: 'Hide the content' }).click();
      await page.locator('.referrer-content').waitFor({ state: 'detached' });
    }
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
    await close();
  });
}

test('packages of an SBOM are found by a part of their name', async () => {
  const { page, open, close } = await reader(service);
  await open('/images/local/team/app:2.0');
  await page
    .getByRole('listitem')
    .filter({ hasText: 'attestation' })
    .getByRole('link', { name: 'Show the content' })
    .click();
  await page.getByText('50 of 230 found are shown; the SBOM lists 230').waitFor();
  await page.getByLabel(/^Find packages/).fill('openss');
  await page.getByText('1 of 1 found are shown; the SBOM lists 230').waitFor();
  expect(await page.getByRole('rowheader', { name: 'openssl' }).count()).toBe(1);
  await page.getByText('Not verified: this is what stands there.').waitFor();
  await close();
});

test('what is public is for everybody, and nothing else is there', async () => {
  const { page, open, expectWell, picture, close } = await reader(service, { as: null });
  await open('/repositories');
  await page.getByRole('link', { name: 'open/hello' }).click();
  await page.getByRole('heading', { name: 'open/hello' }).waitFor();
  expect(await page.getByRole('button', { name: /Delete/ }).count()).toBe(0);
  await expectWell();
  await picture('public-tags');
  await page.getByRole('link', { name: '1', exact: true }).click();
  await page.getByRole('heading', { name: 'open/hello:1' }).waitFor();
  await expectWell();
  await picture('public-image');
  for (const path of [
    '/repositories/local/team/app',
    `/images/local/team/app@${filled.index.digest}`,
    '/images/local/x',
  ]) {
    expect((await page.goto(path))?.status()).toBe(404);
  }
  await close();
});

test('pages of images are there before a script runs', async () => {
  const { page, open, close } = await reader(service, { script: false });
  await open('/repositories/local/team/app');
  expect(await page.getByRole('rowheader').allInnerTexts()).toHaveLength(5);
  await page.getByLabel('Name holds').fill('1.0');
  await page.getByRole('button', { name: 'Apply' }).click();
  expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['1.0.0', '1.0']);
  await page.goto('/images/local/team/app:1.0');
  expect(await page.locator('.history-line').first().innerText()).toContain('RUN make base');
  await close();
});
