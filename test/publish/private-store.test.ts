import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ObjectStore } from '../../src/publish/stores/object-store.js';
import { s3Store } from '../../src/publish/stores/s3-store.js';
import { digestOf, hexOf } from '../../src/registry/digest.js';
import { type Ended, runPublish } from '../registry/admin/run-command.js';
import { layoutFiles, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { gateway, gatewayEnvironment, newBucket } from './bucket-kit.js';
import { ask, writeFiles } from './crane-kit.js';
import { run, writeTar } from './published-kit.js';

const images = { amd64: makeImage({ layers: ['x'] }), arm64: makeImage({ layers: ['x', 'y'], architecture: 'arm64' }) };
const index = makeIndex(images);
const layer = digestOf(images.amd64.config);

let folder: string;
let metadata: string;
let store: ObjectStore;

/** Publishes the image below a prefix of the bucket, for nobody to read. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-private-'));
  metadata = join(folder, 'metadata');
  const settings = await newBucket();
  store = await s3Store({ ...settings, prefix: 'images' });
  const tar = writeTar(
    join(folder, 'web.tar'),
    entriesOf(layoutFiles([{ image: index, annotations: refName('web:1.0') }])),
  );
  writeFiles(metadata, {
    'other.json': {
      version: 2,
      repository: 'other',
      'repo-registry-id': 'other',
      url: 'http://cdn.example.com/other/',
    },
  });
  for (const layout of ['pulp', 'v1']) {
    const words = ['--to', store.name, layout, tar, '--name', 'team/web', '--layout', layout];
    const { status, stderr } = await asPublisher(...words, '--redirect-file', join(metadata, `${layout}.json`));
    expect([status, stderr]).toEqual([0, expect.stringContaining('objects stored')]);
  }
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function asPublisher(...words: string[]): Promise<Ended> {
  for (const [name, value] of Object.entries(gatewayEnvironment())) vi.stubEnv(name, value);
  try {
    return await runPublish(...words, '--endpoint', gateway().endpoint);
  } finally {
    vi.unstubAllEnvs();
  }
}

/** Starts the command before each test and stops it after. @returns its address */
function serveEach(...words: readonly (() => string)[]): () => string {
  let url = '';
  let running: Promise<Ended>;
  beforeEach(async () => {
    for (const [name, value] of Object.entries(gatewayEnvironment())) vi.stubEnv(name, value);
    const listen = `127.0.0.1:${await freePort()}`;
    url = `http://${listen}`;
    running = runPublish('serve', '--data-dir', metadata, '--listen', listen, ...words.map((word) => word()));
    await vi.waitFor(() => ask(url, '/v2/'), { timeout: 20_000 });
  });
  afterEach(async () => {
    process.emit('SIGTERM');
    expect(await running).toMatchObject({ status: 0, stderr: expect.not.stringContaining('error') });
    vi.unstubAllEnvs();
  });
  return () => url;
}

const locationOf = async (url: string, path: string) => String((await ask(url, path)).headers.location);

describe('a private bucket behind presigned addresses', () => {
  const url = serveEach(
    () => '--store',
    () => store.name,
    () => '--s3-endpoint',
    () => gateway().endpoint,
    () => '--presign',
    () => '600',
  );

  it('is pulled by skopeo with both platforms of an index', async () => {
    const to = mkdtempSync(join(folder, 'pulled-'));
    const from = `docker://${new URL(url()).host}/team/web:1.0`;
    await run('skopeo', '--insecure-policy', 'copy', '--all', '--src-tls-verify=false', from, `dir:${to}`);
    expect(readFileSync(join(to, 'manifest.json')).equals(index.raw.bytes)).toBe(true);
    for (const { raw, blobs } of Object.values(images)) {
      expect(readFileSync(join(to, `${hexOf(raw.digest)}.manifest.json`)).equals(raw.bytes)).toBe(true);
      for (const [digest, bytes] of blobs) {
        if (digest !== raw.digest) expect(readFileSync(join(to, hexOf(digest))).equals(bytes)).toBe(true);
      }
    }
  });

  it('gives a blob to who has its signed address alone, for the time that was asked for', async () => {
    expect((await fetch(`${store.url}/pulp/blobs/${layer}`)).status).toBe(403);
    const signed = await locationOf(url(), `/v2/team/web/blobs/${layer}`);
    const got = await fetch(signed);
    expect([got.status, digestOf(Buffer.from(await got.arrayBuffer()))]).toEqual([200, layer]);
    const seconds = Number(new URL(signed).searchParams.get('X-Amz-Expires'));
    expect(seconds).toBeGreaterThanOrEqual(598);
    expect(seconds).toBeLessThanOrEqual(900);
  });

  it('answers HEAD itself, as a signed address is good for GET alone', async () => {
    const head = (path: string) => ask(url(), path, { method: 'HEAD' });
    expect(await head(`/v2/team/web/blobs/${layer}`)).toMatchObject({
      status: 200,
      headers: { 'docker-content-digest': layer, 'content-length': String(images.amd64.blobs.get(layer)?.length) },
    });
    expect((await head(`/v2/team/web/blobs/sha256:${'0'.repeat(64)}`)).status).toBe(404);
    const accept = 'application/vnd.docker.distribution.manifest.list.v2+json';
    expect(await ask(url(), '/v2/team/web/manifests/1.0', { method: 'HEAD', headers: { accept } })).toMatchObject({
      status: 200,
      headers: { 'docker-content-digest': index.raw.digest, 'content-type': index.raw.mediaType },
    });
  });

  it('has files of version 1 too', async () => {
    const { body: id } = await ask(url(), '/v1/repositories/team/web/tags/1.0');
    for (const file of ['layer', 'json', 'ancestry']) {
      const path = `/v1/images/${JSON.parse(id)}/${file}`;
      const got = await fetch(await locationOf(url(), path));
      const bytes = Buffer.from(await got.arrayBuffer());
      expect([file, got.status]).toEqual([file, 200]);
      expect(await ask(url(), path, { method: 'HEAD' })).toMatchObject({
        status: 200,
        headers: { 'content-length': String(bytes.length), 'x-docker-registry-version': '0.6.6' },
      });
    }
  });

  it('what is not there is 404, and what lies elsewhere is redirected without a signature', async () => {
    const status = async (path: string) => (await ask(url(), path)).status;
    const absent = ['manifests/none', 'manifests/.upload-x', `manifests/${'x'.repeat(1100)}`, 'blobs/none'];
    for (const path of absent) expect([path, await status(`/v2/team/web/${path}`)]).toEqual([path, 404]);
    expect(await locationOf(url(), '/v2/other/manifests/latest')).toBe('http://cdn.example.com/other/manifests/latest');
    const blob = await ask(url(), `/v2/other/blobs/${layer}`, { method: 'HEAD' });
    expect([blob.status, blob.headers.location]).toEqual([302, `http://cdn.example.com/other/blobs/${layer}`]);
  });
});

describe('a store whose objects have a public address', () => {
  const url = serveEach(
    () => '--store',
    () => `s3://${new URL(store.url ?? '').pathname.split('/')[1]}`,
    () => '--store-url',
    () => (store.url ?? '').replace(/\/images$/, ''),
    () => '--s3-endpoint',
    () => gateway().endpoint,
  );

  it('has its manifests answered, and its blobs redirected as they are', async () => {
    const manifest = await ask(url(), `/v2/team/web/manifests/${images.arm64.raw.digest}`, {
      headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
    });
    expect([manifest.status, digestOf(Buffer.from(manifest.body))]).toEqual([200, images.arm64.raw.digest]);
    expect(await locationOf(url(), `/v2/team/web/blobs/${layer}`)).toBe(`${store.url}/pulp/blobs/${layer}`);
  });
});

it('without credentials nothing is listened on', async () => {
  const environment = { ...gatewayEnvironment(), AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const words = ['--store', store.name, '--s3-endpoint', gateway().endpoint];
  const { status, stdout, stderr } = await runPublish('serve', '--data-dir', metadata, ...words);
  vi.unstubAllEnvs();
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/there are no credentials for http.*\n.*set AWS_ACCESS_KEY_ID/);
});
