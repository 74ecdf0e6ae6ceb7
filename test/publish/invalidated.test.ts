import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/publish/stores/object-store.js';
import { s3Store } from '../../src/publish/stores/s3-store.js';
import { provision } from '../kit/provision.js';
import { layoutFiles, makeImage, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { gateway, gatewayEnvironment, newBucket } from './bucket-kit.js';
import { type BucketWay, wayTo } from './bucket-way.js';
import { ask } from './crane-kit.js';
import { publishTo, writeTar } from './published-kit.js';
import { nginxCache, purgeCommand, type TestNginx } from './ways/nginx-kit.js';

/* A cache between the bucket and its clients, as a CDN is one: it answers what it has, until it is told that it changed. */

const first = makeImage({ layers: ['one'] });
const second = makeImage({ layers: ['two'] });

let folder: string;
let bucket: string;
let store: ObjectStore;
let way: BucketWay;
let cache: TestNginx;
const told = () => join(folder, 'told');
const toldOf = () =>
  readFileSync(told(), 'utf8')
    .trim()
    .split('\n')
    .map((address) => address.replace(cache.url, ''));
const manifest = async () => (await ask(cache.url, '/v2/web/manifests/1.0')).body;
const publish = (tar: string, ...more: string[]) =>
  publishTo([bucket, 'web', tar, '--public', '--url', cache.url, ...more], folder);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-invalidated-'));
  const settings = await newBucket();
  bucket = settings.bucket;
  store = await s3Store(settings);
  way = await wayTo(store);
  cache = await nginxCache(way.url, join(folder, 'cache'));
  for (const [name, image] of Object.entries({ first, second })) {
    writeTar(join(folder, `${name}.tar`), entriesOf(layoutFiles([{ image, annotations: refName('web:1.0') }])));
  }
});
afterAll(async () => {
  await cache?.close();
  await way?.close();
  await store?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a tag that moved is answered as it was, where nobody tells the cache', async () => {
  expect((await publish('first.tar')).status).toBe(0);
  expect(await manifest()).toBe(first.raw.bytes.toString());
  const { status, stderr } = await publish('second.tar');
  expect([status, stderr]).toEqual([2, expect.stringMatching(/failed 1\.0: .*v2\/web\/manifests\/1\.0/)]);
  expect(await manifest()).toBe(first.raw.bytes.toString());
});

it('a tag that moved is answered as it is, where a command tells the cache', async () => {
  const { status, stderr } = await publish(
    'first.tar',
    '--repair',
    '--invalidate',
    purgeCommand(join(folder, 'cache')),
  );
  expect([status, stderr]).toEqual([0, expect.stringMatching(/^told caches of \d+ addresses$/m)]);
  const command = `tee ${told()} | ${purgeCommand(join(folder, 'cache'))}`;
  expect(await publish('second.tar', '--invalidate', command)).toMatchObject({ status: 0 });
  expect(await manifest()).toBe(second.raw.bytes.toString());
  expect(toldOf().sort()).toEqual(['/v2/web/manifests/1.0']);
});

it('nothing that changed is nothing to tell', async () => {
  rmSync(told());
  const { status, stderr } = await publish('second.tar', '--invalidate', `touch ${told()}`);
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('caches')]);
  expect(() => readFileSync(told())).toThrow(/ENOENT/);
});

it('a command that fails is an error, behind what was stored', async () => {
  const { status, stderr } = await publish('first.tar', '--invalidate', 'echo "no such distribution" >&2; exit 3');
  expect([status, stderr]).toEqual([2, expect.stringMatching(/caches were not told of it: no such distribution/)]);
  expect((await store.read('v2/web/manifests/1.0', 10_000))?.equals(first.raw.bytes)).toBe(true);
});

it('a dry run tells nobody', async () => {
  const { status } = await publish('second.tar', '--dry-run', '--invalidate', `touch ${told()}`);
  expect(status).toBe(0);
  expect(() => readFileSync(told())).toThrow(/ENOENT/);
});

it('what a vendor withdraws is not there any more, in the cache either', async () => {
  const acme = {
    ...{ to: `s3://${bucket}`, endpoint: gateway().endpoint, access: 'public-read', url: cache.url },
    invalidate: `tee ${told()} | ${purgeCommand(join(folder, 'cache'))}`,
    apps: { web: { source: './second.tar', layout: 'static' } },
  };
  writeFileSync(join(folder, 'vendors.yaml'), JSON.stringify({ vendors: { acme } }));
  const verb = (...words: string[]) => provision(['publish', ...words], { cwd: folder, env: gatewayEnvironment() });
  expect(await verb('publish', 'acme', 'web')).toMatchObject({ status: 0 });
  const blobs = [...second.blobs.keys()]
    .filter((digest) => digest !== second.raw.digest)
    .map((digest) => `/v2/web/blobs/${digest}`);
  for (const path of blobs) expect((await ask(cache.url, path)).status).toBe(200);
  const { status, stderr } = await verb('withdraw', 'acme', 'web', '--all', '--wait', '0');
  expect([status, stderr]).toEqual([0, expect.stringMatching(/^told caches of \d+ addresses$/m)]);
  expect(toldOf()).toEqual(expect.arrayContaining(['/v2/web/manifests/1.0', ...blobs]));
  const statuses = ['/v2/web/manifests/1.0', ...blobs].map(async (path) => (await ask(cache.url, path)).status);
  // What is not there is 403 for whoever may not list.
  expect(new Set(await Promise.all(statuses))).toEqual(new Set([403]));
});
