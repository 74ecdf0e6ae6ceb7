import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/publish/stores/object-store.js';
import { s3Store } from '../../src/publish/stores/s3-store.js';
import { digestOf } from '../../src/registry/digest.js';
import { provision } from '../kit/provision.js';
import { json, layoutFiles, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { gateway, gatewayEnvironment, keysOf, newBucket } from './bucket-kit.js';
import { pulpExport, v1Id } from './exported-images.js';
import { dockerSave, publishReport, publishTo, writeTar } from './published-kit.js';

let folder: string;
let bucket: string;
let store: ObjectStore;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-command-'));
  const settings = await newBucket();
  bucket = settings.bucket;
  store = await s3Store(settings);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const layers = ['base', 'app', 'top'].map((word) => ({ word, layer: randomBytes(5000) }));

it('publishes an export of Pulp as the older tool did', async () => {
  writeTar(join(folder, 'myapp.tar'), pulpExport('acme/app', [{ tag: 'latest', layers }]));
  const { status, stdout, stderr } = await publishTo([bucket, 'acme-app', 'myapp.tar'], folder);
  expect(stderr).toBe('9 objects stored, 15.9 kB, 0 there already; 10 requests');
  const ids = ['top', 'app', 'base'].map(v1Id);
  expect(stdout.split('\n')).toEqual([
    'Reading myapp.tar: nothing is extracted',
    'myapp.tar/layer-test.json',
    ...ids.flatMap((id) =>
      ['layer', 'json', 'ancestry'].map(
        (file) => `Successfully uploaded to <Bucket: ${bucket}>:acme-app/${id}/${file}`,
      ),
    ),
  ]);
  expect(status).toBe(0);
  expect(await store.head(`acme-app/${v1Id('top')}/json`)).toMatchObject({ contentType: 'application/json' });
  expect(await store.head(`acme-app/${v1Id('top')}/ancestry`)).toMatchObject({ contentType: 'application/json' });
  expect(await store.head(`acme-app/${v1Id('top')}/layer`)).toMatchObject({ contentType: 'application/octet-stream' });
  expect(await store.read(`acme-app/${v1Id('app')}/layer`, 5000)).toEqual(layers[1]?.layer);
});

it('sends nothing again: one listing is all', async () => {
  const { stdout, stderr } = await publishTo([bucket, 'acme-app', 'myapp.tar'], folder);
  expect(stdout.split('\n')).toHaveLength(2);
  expect(stderr).toBe('0 objects stored, 0 B, 9 there already; 1 request');
});

it('sends one changed layer, and what names it', async () => {
  const changed = layers.map((each) => (each.word === 'top' ? { word: 'new top', layer: randomBytes(7000) } : each));
  writeTar(join(folder, 'changed.tar'), pulpExport('acme/app', [{ tag: 'latest', layers: changed }]));
  const { stored, there, traffic } = await publishReport([bucket, 'acme-app', 'changed.tar'], folder);
  expect([stored.objects, there.objects]).toEqual([3, 6]);
  expect(traffic.byKind).toEqual({ ListObjectsV2: 1, PutObject: 3 });
  expect(traffic.bytes).toBe(stored.bytes);
});

it('skips layers that are had from elsewhere, a line for each of their files', async () => {
  const words = [bucket, 'masked', 'myapp.tar', '--mask', `${v1Id('base')}, ${v1Id('app')}`];
  const { stdout } = await publishTo(words, folder);
  expect(stdout.split('\n').filter((line) => line === `Skipping layer ${v1Id('base')}`)).toHaveLength(3);
  expect(await keysOf(store, 'masked/')).toEqual(
    ['ancestry', 'json', 'layer'].map((file) => `masked/${v1Id('top')}/${file}`),
  );
});

it.each([
  ['two', [{ name: 'other.json', content: '{}' }]],
  ['no', []],
])('refuses a tar with %s metadata files', async (which, more) => {
  const entries = pulpExport('a', [{ tag: 'latest', layers }]).filter(
    ({ name }) => which === 'two' || !name.endsWith('.json'),
  );
  writeTar(join(folder, 'odd.tar'), [...entries, ...more]);
  const { status, stderr } = await publishTo([bucket, 'odd', 'odd.tar'], folder);
  expect(stderr).toMatch(/^error: More than one metadata file found\n/);
  expect(status).toBe(1);
});

it('a redirect file for Crane has the address of the bucket, and comes last', async () => {
  const words = [bucket, 'acme-app', 'myapp.tar', '--name', 'acme/app', '--redirect-file', 'app.json'];
  expect((await publishTo([...words, '--url', 'https://cdn.example.com/images'], folder)).status).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, 'app.json'), 'utf8'))).toEqual({
    type: 'pulp-docker-redirect',
    version: 1,
    repository: 'acme-app',
    'repo-registry-id': 'acme/app',
    url: 'https://cdn.example.com/images/acme-app/',
    protected: false,
    images: ['top', 'app', 'base'].map((word) => ({ id: v1Id(word) })),
    tags: { latest: v1Id('top') },
  });
});

it.each([
  ['an export of Pulp', 'myapp.tar', 'v1'],
  ['images of today', 'protected.tar', 'pulp'],
])('a protected application of %s says so in its redirect file', async (_what, tar, layout) => {
  writeFileSync(join(folder, 'protected.tar'), dockerSave('a:1', makeImage({ layers: ['one'], kind: 'docker' })));
  const words = [
    bucket,
    `guarded-${layout}`,
    tar,
    '--layout',
    layout,
    '--protected',
    '--redirect-file',
    'guarded.json',
  ];
  const { status, stderr } = await publishTo(words, folder);
  expect([status, stderr]).toEqual([0, expect.stringContaining('stored')]);
  expect(JSON.parse(readFileSync(join(folder, 'guarded.json'), 'utf8')).protected).toBe(true);
  const open = await publishTo([...words, '--public'], folder);
  expect([open.status, open.stderr]).toEqual([1, expect.stringContaining('--protected cannot be used with --public')]);
  const unsaid = await publishTo([bucket, 'unsaid', tar, '--protected'], folder);
  expect([unsaid.status, unsaid.stderr]).toEqual([1, expect.stringContaining('none is written')]);
});

it.each([
  ['an option', ['--public'], '--public would let everybody read'],
  ['a policy, beside a bucket that it would make', ['--public-policy', '--create'], '--public-policy would let'],
])('an export that says itself that it is protected is not opened by %s: nothing is stored', async (_what, more, text) => {
  writeTar(join(folder, 'secret.tar'), protectedExport(true));
  const words = [bucket, 'secret', 'secret.tar', '--redirect-file', 'secret.json', ...more];
  for (const each of [words, [...words, '--dry-run']]) {
    const { status, stderr } = await publishTo(each, folder);
    expect([status, stderr]).toEqual([1, expect.stringContaining(text)]);
  }
  expect([await keysOf(store, 'secret/'), existsSync(join(folder, 'secret.json'))]).toEqual([[], false]);
  // In whatever words it says so: what cannot be read as a redirect file is published without one.
  writeTar(join(folder, 'odd-secret.tar'), protectedExport('yes'));
  const odd = await publishTo([bucket, 'secret', 'odd-secret.tar', '--public'], folder);
  expect([odd.status, odd.stderr]).toEqual([1, expect.stringContaining('says that its repository is protected')]);
});

it('an export that says itself that it is protected is published for a vendor who lets nobody read', async () => {
  writeTar(join(folder, 'secret.tar'), protectedExport(true));
  const vendor = (access: string) => {
    const apps = { secret: { source: './secret.tar', layout: 'v1' } };
    const acme = { to: `s3://${bucket}/vendor`, endpoint: gateway().endpoint, access, apps };
    writeFileSync(join(folder, 'vendors.yaml'), JSON.stringify({ vendors: { acme } }));
  };
  const run = (verb: string) =>
    provision(['publish', verb, 'acme', 'secret'], { cwd: folder, env: gatewayEnvironment() });
  for (const access of ['public-read', 'public-policy']) {
    vendor(access);
    for (const verb of ['publish', 'upload']) {
      const { status, stderr } = await run(verb);
      expect([status, stderr]).toEqual([1, expect.stringContaining(`access: ${access} of acme would let everybody`)]);
    }
  }
  expect(await keysOf(store, 'vendor/')).toEqual([]);
  vendor('private');
  expect((await run('publish')).status).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, 'redirects/acme/acme-secret.json'), 'utf8')).protected).toBe(true);
});

/** Makes an export of Pulp 2 whose redirect file says that it is protected. */
function protectedExport(said: unknown) {
  return pulpExport('secret', [{ tag: 'latest', layers }]).map((entry) =>
    entry.name.endsWith('.json')
      ? { ...entry, content: json({ ...JSON.parse(String(entry.content)), protected: said }) }
      : entry,
  );
}

it('publishes what docker saved as a registry without a server', async () => {
  const image = makeImage({ layers: ['one', 'two'], kind: 'docker' });
  writeFileSync(join(folder, 'save.tar'), dockerSave('team/web:1.0', image));
  const { status, stderr } = await publishTo([bucket, 'web', 'save.tar'], folder);
  expect([status, stderr]).toEqual([0, expect.stringContaining('9 objects stored')]);
  const types = new Map<string, string[]>();
  for (const key of await keysOf(store, 'v2/')) {
    const type = (await store.head(key))?.contentType ?? '';
    types.set(type, [...(types.get(type) ?? []), key]);
  }
  const blobs = types.get('application/octet-stream') ?? [];
  expect(Object.fromEntries(types)).toEqual({
    'application/vnd.docker.distribution.manifest.v2+json': [
      'v2/web/manifests/1.0',
      expect.stringMatching(/^v2\/web\/manifests\/sha256:[0-9a-f]{64}$/),
    ],
    'application/json': ['v2/', 'v2/_catalog', 'v2/index.html', 'v2/web/tags/list'],
    'application/octet-stream': Array.from({ length: 3 }, () => expect.stringMatching(/^v2\/web\/blobs\/sha256:/)),
  });
  expect((await store.head('v2/web/manifests/1.0'))?.cacheControl).toBe('public, max-age=60');
  expect((await store.head(blobs[0] ?? ''))?.cacheControl).toBe('public, max-age=31536000, immutable');
});

it('a second tag and a second repository are added to the lists, and the rest stays', async () => {
  const image = makeImage({ layers: ['one', 'three'], kind: 'docker' });
  writeFileSync(join(folder, 'save2.tar'), dockerSave('team/web:2.0', image));
  const { traffic, there } = await publishReport([bucket, 'web', 'save2.tar'], folder);
  // Of the lists each is read; a manifest, its configuration, a layer, a tag and the list of tags are new.
  expect(traffic.byKind).toEqual({ GetObject: 2, ListObjectsV2: 1, PutObject: 5 });
  expect(there.objects).toBe(1);
  expect(JSON.parse((await store.read('v2/web/tags/list', 1000))?.toString() ?? '')).toEqual({
    name: 'web',
    tags: ['1.0', '2.0'],
  });
  await publishReport([bucket, 'team/other', 'save2.tar'], folder);
  expect(JSON.parse((await store.read('v2/_catalog', 1000))?.toString() ?? '')).toEqual({
    repositories: ['team/other', 'web'],
  });
  const again = await publishReport([bucket, 'web', 'save2.tar'], folder);
  expect(again.traffic.byKind).toEqual({ GetObject: 2, ListObjectsV2: 1 });
});

it("publishes an index of two platforms as Pulp's tree, and tells Crane of it", async () => {
  const images = {
    amd64: makeImage({ layers: ['x'] }),
    arm64: makeImage({ layers: ['x', 'y'], architecture: 'arm64' }),
  };
  const index = makeIndex(images);
  const signature = makeImage({ layers: ['signature'], subject: index.raw });
  const files = layoutFiles([{ image: index, annotations: refName('zoo:bar') }, { image: signature }]);
  writeTar(join(folder, 'zoo.tar'), entriesOf(files));
  const words = [bucket, 'zoo', 'zoo.tar', '--layout', 'pulp', '--name', 'redhat/zoo', '--redirect-file', 'zoo.json'];
  const { status, stderr } = await publishTo(words, folder);
  expect([status, stderr]).toEqual([0, expect.stringMatching(/objects stored/)]);
  const manifests = (await keysOf(store, 'zoo/manifests/')).map((key) => key.slice('zoo/manifests/'.length));
  const all = [images.amd64, images.arm64, signature].map(({ raw }) => `2/${raw.digest}`).sort();
  expect(manifests).toEqual([...all, 'list/bar', `list/${index.raw.digest}`]);
  expect((await store.head('zoo/manifests/list/bar'))?.contentType).toBe('application/vnd.oci.image.index.v1+json');
  expect(JSON.parse(readFileSync(join(folder, 'zoo.json'), 'utf8'))).toMatchObject({
    version: 4,
    'repo-registry-id': 'redhat/zoo',
    url: expect.stringMatching(new RegExp(`/${bucket}/zoo/$`)),
    schema2_data: all.map((key) => key.slice(2)),
    manifest_list_data: ['bar', index.raw.digest],
    manifest_list_amd64_tags: { bar: [images.amd64.raw.digest, 2] },
  });
  // What was published earlier stays in the redirect file.
  const later = layoutFiles([{ image: images.arm64, annotations: refName('zoo:arm') }]);
  writeTar(join(folder, 'later.tar'), entriesOf(later));
  await publishTo([bucket, 'zoo', 'later.tar', ...words.slice(3)], folder);
  const redirect = JSON.parse(readFileSync(join(folder, 'zoo.json'), 'utf8'));
  expect(redirect.schema2_data).toEqual(['arm', ...all.map((key) => key.slice(2))]);
  expect(redirect.manifest_list_amd64_tags).toEqual({ bar: [images.amd64.raw.digest, 2] });
});

it('an image of today gets the ids, descriptions and ancestries of v1', async () => {
  const words = [bucket, 'older', 'save.tar', '--layout', 'v1', '--redirect-file', 'older.json'];
  const { status } = await publishTo(words, folder);
  expect(status).toBe(0);
  const { images, tags } = JSON.parse(readFileSync(join(folder, 'older.json'), 'utf8'));
  const top = tags['1.0'];
  expect(`sha256:${top}`).toBe(digestOf(makeImage({ layers: ['one', 'two'], kind: 'docker' }).config));
  const ancestry = JSON.parse((await store.read(`older/${top}/ancestry`, 1000))?.toString() ?? '');
  expect(ancestry.map((id: string) => ({ id }))).toEqual(images);
  expect(JSON.parse((await store.read(`older/${top}/json`, 5000))?.toString() ?? '')).toMatchObject({
    id: top,
    parent: ancestry[1],
    os: 'linux',
  });
});

it('a dry run stores nothing, and says what would be', async () => {
  const { stdout, stderr, status } = await publishTo([bucket, 'dry', 'save.tar', '--dry-run'], folder);
  expect(stdout).toMatch(/^Would upload to <Bucket: [^>]+>:v2\/dry\/blobs\/sha256:/m);
  expect(stderr).toMatch(/^7 objects would be stored/);
  expect(status).toBe(0);
  expect(await keysOf(store, 'v2/dry/')).toEqual([]);
});

it('signatures and what else is attached come along, where clients look for them', async () => {
  const image = makeImage({ layers: ['signed'] });
  const signature = makeImage({ layers: ['signature'], subject: image.raw });
  const tag = `${image.raw.digest.replace(':', '-')}.sig`;
  const cosign = makeImage({ layers: ['cosign'] });
  const listed = [
    { image, annotations: refName('app:1.0') },
    { image: cosign, annotations: refName(`app:${tag}`) },
    { image: signature },
  ];
  writeTar(join(folder, 'signed.tar'), entriesOf(layoutFiles(listed)));
  expect((await publishTo([bucket, 'signed', 'signed.tar'], folder)).status).toBe(0);
  const fallback = image.raw.digest.replace(':', '-');
  for (const key of [`referrers/${image.raw.digest}`, `manifests/${fallback}`]) {
    const found = await store.head(`v2/signed/${key}`);
    expect(found).toMatchObject({
      contentType: 'application/vnd.oci.image.index.v1+json',
      cacheControl: 'public, max-age=60',
    });
    const { manifests } = JSON.parse((await store.read(`v2/signed/${key}`, 5000))?.toString() ?? '');
    expect(manifests).toEqual([
      {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: signature.raw.digest,
        size: signature.raw.bytes.length,
        annotations: {},
        artifactType: 'application/vnd.oci.image.config.v1+json',
      },
    ]);
  }
  expect((await store.head(`v2/signed/manifests/${tag}`))?.size).toBe(cosign.raw.bytes.length);
});

it('a redirect file in a folder that is not there is refused before anything is stored', async () => {
  const words = ['--to', 'unstored', 'zoo', 'zoo.tar', '--layout', 'pulp', '--url', 'https://images.example.com'];
  const { status, stderr } = await provision(['publish', ...words, '--redirect-file', 'none/zoo.json'], {
    cwd: folder,
  });
  expect([status, stderr]).toEqual([1, expect.stringContaining('there is no folder')]);
  expect(existsSync(join(folder, 'unstored'))).toBe(false);
});
