import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { folderStore } from '../../src/publish/stores/folder-store.js';
import { s3Store } from '../../src/publish/stores/s3-store.js';
import { provision } from '../kit/provision.js';
import { layoutFiles, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { keysOf, newBucket } from './bucket-kit.js';
import { pulpExport } from './exported-images.js';
import { publishReport, writeTar } from './published-kit.js';
import { type SourceRegistry, sourceRegistry } from './source-registry.js';

const one = makeImage({ layers: ['base', 'one'] });
const two = makeImage({ layers: ['base', 'two'] });
const both = makeIndex({ amd64: one, arm64: makeImage({ layers: ['base', 'arm64'], architecture: 'arm64' }) });
const web = { '1.0': one, '1.1': both, latest: both, '2.0': two };

let folder: string;
let source: SourceRegistry;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-many-'));
  source = await sourceRegistry({ 'team/web': { ...web } });
});
beforeEach(() => {
  source.repositories['team/web'] = { ...web };
  source.takeCounts();
});
afterAll(async () => {
  await source.close();
  rmSync(folder, { recursive: true, force: true });
});

const inFolder = (...words: string[]) => provision(['publish', '--to', ...words], { cwd: folder });
const tagsOf = (to: string, key: string): string[] => JSON.parse(readFileSync(join(folder, to, key), 'utf8')).tags;

it('tags of a repository are chosen by names and patterns, and what they share is read once', async () => {
  const { bucket, ...settings } = await newBucket();
  const words = [bucket, 'web', `${source.host}/team/web`, '--tag', '1.*', '--tag', '/late.t/'];
  const { tags } = await publishReport(words, folder);
  expect(tags).toEqual(['1.0', '1.1', 'latest']);
  // An index by two tags, and an image that is also one of its platforms.
  expect(source.takeCounts()).toMatchObject({ 'GET tags': 1, 'HEAD manifests': 3, 'GET manifests': 3 });
  const store = await s3Store({ bucket, ...settings });
  const keys = await keysOf(store, 'v2/web/manifests/');
  expect(keys.filter((key) => !key.includes('sha256'))).toEqual(
    ['1.0', '1.1', 'latest'].map((tag) => `v2/web/manifests/${tag}`),
  );
  await store.close();
});

it.each([
  ['a repository of a registry', () => `${source.host}/team/web`],
  ['an archive', () => 'web.tar'],
])('the same tags are published, compared and uploaded from %s of the file of vendors', async (_what, from) => {
  const files = layoutFiles(Object.entries(web).map(([tag, image]) => ({ image, annotations: refName(`web:${tag}`) })));
  writeTar(join(folder, 'web.tar'), entriesOf(files));
  const to = mkdtempSync(join(folder, 'vendor-'));
  const app = { source: from(), tags: ['1.*', 'latest'] };
  const acme = { to: join(to, 'images'), url: 'https://cdn.example.com', apps: { 'team/web': app } };
  writeFileSync(join(folder, 'vendors.yaml'), JSON.stringify({ redirects: join(to, 'redirects'), vendors: { acme } }));
  const run = (...words: string[]) => provision(['publish', ...words], { cwd: folder });
  expect((await run('publish', 'acme', 'team/web')).stderr).toContain('objects stored');
  const redirect = JSON.parse(readFileSync(join(to, 'redirects/acme/acme-team-web.json'), 'utf8'));
  expect(redirect.manifest_list_data).toEqual(['1.1', 'latest', both.raw.digest]);
  expect(redirect.schema2_data).toContain('1.0');
  expect(redirect.schema2_data).not.toContain('2.0');
  expect(JSON.parse(readFileSync(join(acme.to, 'team-web/tags/list'), 'utf8')).tags).toEqual(['1.0', '1.1', 'latest']);
  const { status, stdout } = await run('status', 'acme');
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^team\/web: published, /)]);
  expect((await run('upload', 'acme', 'team/web')).stderr).toMatch(/^0 objects stored/);
});

it('a tag that came later differs, where it matches', async () => {
  const acme = { to: './later', url: 'https://x', apps: { web: { source: `${source.host}/team/web`, tags: ['1.*'] } } };
  writeFileSync(join(folder, 'vendors.yaml'), JSON.stringify({ vendors: { acme } }));
  const run = (...words: string[]) => provision(['publish', ...words], { cwd: folder });
  expect((await run('publish', 'acme', 'web')).status).toBe(0);
  source.repositories['team/web'] = { ...web, '2.1': two };
  expect((await run('status', 'acme')).status).toBe(0);
  source.repositories['team/web'] = { ...web, '1.2': two };
  const { status, stdout } = await run('status', 'acme', '-v');
  expect([status, stdout]).toEqual([3, expect.stringContaining('web/manifests/2/1.2')]);
  expect((await run('publish', 'acme', 'web')).status).toBe(0);
  expect(tagsOf('later', 'web/tags/list')).toEqual(['1.0', '1.1', '1.2']);
});

it('tags of an archive are chosen likewise', async () => {
  const { status } = await inFolder('archived', 'web', 'web.tar', '--tag', '2.*');
  expect([status, tagsOf('archived', 'v2/web/tags/list')]).toEqual([0, ['2.0']]);
});

it.each<[string, (host: string) => string[], number, string]>([
  ['no pattern', (host) => [`${host}/team/web`, '--tag', '/(/'], 1, '--tag "/(/": not a regular expression'],
  ['an empty pattern', (host) => [`${host}/team/web`, '--tag', ''], 1, '--tag "": an empty pattern'],
  [
    'a pattern that matches nothing',
    (host) => [`${host}/team/web`, '--tag', '1.*', '--tag', '9.*'],
    2,
    '/team/web matches "9.*"',
  ],
  ['a tag besides', (host) => [`${host}/team/web:1.0`, '--tag', '1.*'], 1, 'leave out :1.0, or the tags'],
  ['a pattern that matches nothing in an archive', () => ['web.tar', '--tag', '9.*'], 2, 'web.tar: web matches "9.*"'],
  ['an export of Pulp', () => ['pulp.tar', '--tag', 'latest'], 1, 'an export of Pulp 2 is published as it is'],
  ['a repository that is not there', (host) => [`${host}/none`, '--tag', '1.*'], 2, '/none has no tags'],
  ['a source for lists', (host) => [`${host}/team/web`, '--from', host], 1, '--from is for lists'],
])('%s is refused before anything is stored', async (_what, words, expected, reason) => {
  const layers = [{ word: 'base', layer: Buffer.from('base') }];
  writeTar(join(folder, 'pulp.tar'), pulpExport('old', [{ tag: 'latest', layers }]));
  const { status, stderr } = await inFolder('refused', 'web', ...words(source.host));
  expect([status, stderr]).toEqual([expected, expect.stringContaining(reason)]);
  expect(await keysOf(folderStore(join(folder, 'refused')))).toEqual([]);
});

it('ten thousand tags are listed by pages, in less than 250 MB of memory, and what they share is read once', async () => {
  const images = Array.from({ length: 500 }, (_, at) => makeImage({ layers: ['base', `layer ${at}`] }));
  const tags = Array.from({ length: 10_000 }, (_, at) => [`1.${at}`, images[at % images.length] ?? one] as const);
  source.repositories.many = Object.fromEntries(tags);
  const preload = fileURLToPath(new URL('note-memory.mjs', import.meta.url));
  const noted = join(folder, 'noted');
  const words = ['publish', '--to', 'many', 'many', `${source.host}/many`, '--tag', '1.*', '--dry-run'];
  const { status, stdout, stderr } = await provision(words, {
    cwd: folder,
    env: { NODE_OPTIONS: `--import ${preload}`, NOTED_MEMORY: noted },
  });
  expect([status, stderr]).toEqual([0, expect.stringContaining('objects would be stored')]);
  expect(stdout.match(/:v2\/many\/manifests\/1\.\d+$/gm)).toHaveLength(10_000);
  expect(source.takeCounts()).toMatchObject({ 'GET tags': 10, 'HEAD manifests': 10_000, 'GET manifests': 500 });
  const megabytes = (Number(readFileSync(noted, 'utf8')) * 1024) / 1e6;
  expect(megabytes).toBeLessThan(250);
});
