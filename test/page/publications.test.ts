import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CraneServer, serveCrane } from '../../src/publish/crane/serve-crane.js';
import { layoutFiles, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf, makeTar } from '../registry/archives/make-tar.js';
import { type TestService, testService } from '../service/service-kit.js';
import { closeBrowser, reader } from './browser-kit.js';

/* What vendors publish, in a browser: what is where, what differs, published and withdrawn by jobs. */

let folder = '';
let service: TestService;
let crane: CraneServer;
const redirect = () => join(folder, 'redirects/acme/acme-team-web.json');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publications-'));
  const amd64 = makeImage({ layers: ['base', 'amd64'] });
  const arm64 = makeImage({ layers: ['base', 'arm64'], architecture: 'arm64' });
  const files = layoutFiles([
    { image: makeIndex({ amd64, arm64 }), annotations: refName('web:1.0') },
    { image: amd64, annotations: refName('web:one') },
  ]);
  writeFileSync(join(folder, 'web.tar'), makeTar(entriesOf(files)));
  const apps = { 'team/web': { source: './web.tar' }, tools: { source: './web.tar', layout: 'static' }, lost: {} };
  for (const name of ['redirects', 'published']) mkdirSync(join(folder, name));
  crane = await serveCrane({
    dataDir: join(folder, 'redirects'),
    folders: { v1: undefined, v2: join(folder, 'published') },
    interval: 1,
    host: '127.0.0.1',
    port: 0,
    errorLog: new Writable({ write: (_chunk, _encoding, done) => done() }),
  });
  const acme = { to: './published', url: 'https://images.example.com', pull_from: crane.url, apps };
  writeFileSync(join(folder, 'vendors.yaml'), JSON.stringify({ vendors: { acme } }));
  service = await testService({ registry: false, vendors: join(folder, 'vendors.yaml') });
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
  await crane.close();
  rmSync(folder, { recursive: true, force: true });
});

test('what a vendor publishes is tried, published, compared and withdrawn from its page', async () => {
  const { page, open, expectWell, complaints, picture, close } = await reader(service);
  await open('/publications');
  await page.getByRole('link', { name: 'team/web' }).waitFor();
  await expectWell();
  await picture('publications');
  await page.getByRole('link', { name: 'team/web' }).click();
  await page.locator('h1 .badge', { hasText: 'not published' }).waitFor();
  await page.getByRole('button', { name: 'Show what would be done' }).click();
  await page.getByText('would write the redirect file').waitFor({ timeout: 60_000 });
  expect(existsSync(redirect())).toBe(false);

  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('wrote the redirect file').waitFor({ timeout: 60_000 });
  await page.getByText(`2 tags pulled through ${crane.url}`).waitFor({ timeout: 60_000 });
  await page.locator('h1 .badge', { hasText: 'published' }).waitFor();
  expect(JSON.parse(readFileSync(redirect(), 'utf8')).manifest_list_data).toContain('1.0');

  await page.getByRole('button', { name: 'Compare now' }).click();
  await page.getByText('Nothing differs.').waitFor({ timeout: 60_000 });
  await page.getByText(`${crane.url}: answers`).waitFor();
  await expectWell();
  await picture('publication');

  await page.getByLabel('one', { exact: true }).check();
  await page.getByLabel('Seconds between the redirect file and the deletion').fill('0');
  await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
  await page.getByText(/Nobody can pull these tags of team\/web any more: one\./).waitFor();
  await expectWell();
  await picture('publication-withdraw');
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw', exact: true }).click();
  await page.getByText(/deleted team-web\/manifests\/2\/one/).waitFor({ timeout: 60_000 });
  await expect.poll(async () => await page.getByLabel('one', { exact: true }).count()).toBe(0);
  expect(JSON.parse(readFileSync(redirect(), 'utf8')).schema2_data).not.toContain('one');
  expect(complaints).toEqual([]);
  await close();
});

test.each([
  { scheme: 'dark', width: 1280, language: 'en' },
  { scheme: 'light', width: 390, language: 'en' },
  { scheme: 'dark', width: 390, language: 'de' },
] as const)('publications are read in $scheme, $width wide, in $language', async (options) => {
  const { page, open, expectWell, picture, close } = await reader(service, options);
  await open('/publications');
  await page.getByRole('link', { name: 'team/web' }).waitFor();
  await expectWell();
  await picture('publications');
  await open('/publications/acme/team%2Fweb');
  await page.getByLabel('1.0', { exact: true }).waitFor();
  await expectWell();
  await picture('publication');
  await close();
});

test('a publication that is scheduled stays what it is when its schedule is changed', async () => {
  const job = { kind: 'upload', publication: { vendor: 'acme', app: 'tools' } };
  const made = await service.send('POST /api/v1/schedules', { name: 'tools', cron: '0 3 * * *', job });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const { page, open, complaints, close } = await reader(service);
  await open(`/schedules/${made.body.id}`);
  expect(await page.getByLabel('Publication', { exact: true }).inputValue()).toBe('acme/tools');
  await page.getByLabel('Publication', { exact: true }).fill('acme/lost');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect
    .poll(async () => (await service.send(`GET /api/v1/schedules/${made.body.id}`)).body.job.publication)
    .toMatchObject({ vendor: 'acme', app: 'lost' });
  expect(complaints).toEqual([]);
  await close();
});
