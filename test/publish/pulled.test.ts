import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { staticLayout } from '../../src/publish/layouts/static-layout.js';
import { chooseArchived } from '../../src/publish/sources/choose-images.js';
import { folderStore, typesFolder } from '../../src/publish/stores/folder-store.js';
import type { ObjectStore } from '../../src/publish/stores/object-store.js';
import { s3Store } from '../../src/publish/stores/s3-store.js';
import { publish } from '../../src/publish/verbs/publish.js';
import { verifyPublication } from '../../src/publish/verbs/verify.js';
import { openArchive } from '../../src/registry/archive/open.js';
import { openRegistry } from '../../src/registry/client/open.js';
import { provision } from '../kit/provision.js';
import { serveEachTest } from '../kit/served-folder.js';
import { layoutFiles, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { keysOf, newBucket } from './bucket-kit.js';
import { type BucketWay, wayTo } from './bucket-way.js';
import { publishTo, run, writeTar } from './published-kit.js';

const images = { amd64: makeImage({ layers: ['x'] }), arm64: makeImage({ layers: ['x', 'y'], architecture: 'arm64' }) };
const index = makeIndex(images);
const signature = makeImage({ layers: ['signature'], subject: index.raw });
const files = () => layoutFiles([{ image: index, annotations: refName('web:1.0') }, { image: signature }]);

const served = serveEachTest();
let folder: string;
let store: ObjectStore;
let bucket: string;
let way: BucketWay;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-pulled-'));
  const settings = await newBucket();
  bucket = settings.bucket;
  store = await s3Store(settings);
  way = await wayTo(store);
  writeTar(join(folder, 'web.tar'), entriesOf(files()));
});
afterAll(async () => {
  await way.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

it('what is published is pulled without an account, and the command says so', async () => {
  const { status, stderr } = await publishTo([bucket, 'team/web', 'web.tar', '--public', '--url', way.url], folder);
  expect(stderr).toMatch(/\n1 tag pulled without an account$/);
  expect(status).toBe(0);
});

it('skopeo pulls both platforms of an index from a bucket', async () => {
  for (const architecture of ['amd64', 'arm64'] as const) {
    const to = join(folder, architecture);
    const from = `docker://${way.host}/team/web:1.0`;
    await run(
      'skopeo',
      '--override-os',
      'linux',
      '--override-arch',
      architecture,
      'copy',
      '--src-tls-verify=false',
      from,
      `dir:${to}`,
    );
    expect(readFileSync(join(to, 'manifest.json')).equals(images[architecture].raw.bytes)).toBe(true);
  }
  const { Tags } = JSON.parse(await run('skopeo', 'list-tags', '--tls-verify=false', `docker://${way.host}/team/web`));
  expect(Tags).toContain('1.0');
});

it('our own client copies it with what is attached to it', async () => {
  const source = openRegistry({ host: way.host, trust: { scheme: 'http' }, credentials: async () => undefined });
  expect((await source.head('team/web', '1.0'))?.digest).toBe(index.raw.digest);
  const [referrer, ...others] = await source.referrers('team/web', index.raw.digest);
  expect([referrer?.digest, others.length]).toEqual([signature.raw.digest, 0]);
  await source.close();
});

it('a private bucket is not pulled from: each address that refuses is named', async () => {
  const settings = await newBucket();
  const { status, stderr } = await publishTo(
    [settings.bucket, 'web', 'web.tar', '--public-policy', '--dry-run'],
    folder,
  );
  expect([status, stderr]).toEqual([
    0,
    expect.stringContaining(`would allow everybody to read ${settings.bucket}/v2/*`),
  ]);
  const archive = await openArchive(join(folder, 'web.tar'));
  const closed = await s3Store(settings);
  const layout = staticLayout(chooseArchived(archive, undefined), 'web');
  const { publication } = await publish({ layout, store: closed, access: 'private' });
  const [tag] = await verifyPublication({ publication, url: closed.url ?? '' });
  expect(tag?.problems[0]).toMatch(/v2\/web\/manifests\/1\.0: it answers 403 to GET without an account$/);
  const words = [settings.bucket, 'web', 'web.tar', '--public-policy'];
  expect((await publishTo(words, folder)).status).toBe(0);
  await Promise.all([archive.close(), closed.close()]);
});

it('an image is published from a registry', async () => {
  const { server } = served;
  const host = `127.0.0.1:${server.port}`;
  const words = ['images', 'load', join(folder, 'web.tar'), '--to', `http://${host}`];
  expect((await provision(words)).status).toBe(0);
  const { status, stderr } = await publishTo([bucket, 'copied', `http://${host}/web:1.0`, '--public'], folder);
  expect(stderr).toContain('objects stored');
  expect(status).toBe(0);
  expect(await run('skopeo', 'inspect', '--raw', '--tls-verify=false', `docker://${way.host}/copied:1.0`)).toBe(
    Buffer.from(index.raw.bytes).toString(),
  );
});

it('a folder gets the same objects, and their types beside them', async () => {
  const to = join(folder, 'site');
  const { status, stdout } = await provision(['publish', '--to', to, 'team/web', join(folder, 'web.tar')]);
  expect([status, stdout]).toEqual([
    0,
    expect.stringContaining(`Successfully uploaded to ${to}:v2/team/web/manifests/1.0`),
  ]);
  const local = folderStore(to);
  const there = (await keysOf(store, 'v2/team/web/')).filter((key) => !key.endsWith('/'));
  expect(await keysOf(local, 'v2/team/web/')).toEqual(there);
  for (const key of there) {
    const [here, remote] = [await local.head(key), await store.head(key)];
    expect([here?.contentType, here?.cacheControl]).toEqual([remote?.contentType, remote?.cacheControl]);
  }
  expect(readdirSync(to).sort()).toEqual([typesFolder, 'v2']);
  expect(await local.head('v2/index.html')).toMatchObject({ contentType: 'application/json' });
  const again = await provision(['publish', '--to', to, 'team/web', join(folder, 'web.tar')]);
  expect(again.stderr).toMatch(/^0 objects stored/);
});
