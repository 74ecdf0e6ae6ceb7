import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeContent } from '../../src/publish/crane/store-content.js';
import { craneLinks } from '../../src/publish/links/crane-links.js';
import type { ObjectStore } from '../../src/publish/stores/object-store.js';
import { digestOf } from '../../src/registry/digest.js';
import { RegistryError } from '../../src/registry/registry-error.js';
import { type MadeImage, makeImage, makeIndex } from '../registry/archives/make-image.js';
import { startCrane, type TestCrane, writeFiles } from './crane-kit.js';

const run = promisify(execFile);
const list = 'application/vnd.docker.distribution.manifest.list.v2+json';
const schema2 = 'application/vnd.docker.distribution.manifest.v2+json';
const amd64 = makeImage({ layers: ['one', 'two'], kind: 'docker' });
const index = makeIndex({ amd64 }, 'docker');
const oci = makeImage({ layers: ['three'] });
const untyped = Buffer.from(
  JSON.stringify({ ...JSON.parse(Buffer.from(oci.raw.bytes).toString()), mediaType: undefined }),
);
const old = Buffer.from('{"schemaVersion":1,"name":"zoo","tag":"old","signatures":[]}');
let folder: string;

/** Tree of a repository as Pulp publishes it. */
function tree(place: string, image: MadeImage, tag: string): Record<string, Buffer> {
  const bytes = Buffer.from(image.raw.bytes);
  return { [`${place}/${tag}`]: bytes, [`${place}/${image.raw.digest}`]: bytes };
}

function blobs(...images: readonly MadeImage[]): Record<string, Buffer> {
  return Object.fromEntries(
    images.flatMap((each) => [...each.blobs].map(([digest, bytes]) => [`blobs/${digest}`, bytes])),
  );
}

const below = (name: string, files: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`${name}/${path}`, bytes]));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-content-'));
  writeFiles(folder, {
    ...below('zoo', {
      ...tree('manifests/2', amd64, 'single'),
      ...tree('manifests/list', index, 'latest'),
      'manifests/1/old': old,
      'manifests/2/untyped': untyped,
      'tags/list': { name: 'redhat/zoo', tags: ['latest', 'old', 'single'] },
      ...blobs(amd64, index),
    }),
    ...below('plain', { ...tree('manifests', oci, 'latest'), ...blobs(oci) }),
    'foo/abc123/ancestry': ['abc123'],
    'foo/abc123/layer': 'a layer of bytes',
    'private/secret': 'not for all',
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const files = (url: string) => ({
  'zoo.json': {
    version: 4,
    repository: 'zoo',
    'repo-registry-id': 'redhat/zoo',
    url: `${url}/zoo/`,
    schema2_data: ['single', 'untyped', amd64.raw.digest],
    manifest_list_data: ['latest', index.raw.digest],
    manifest_list_amd64_tags: { latest: [amd64.raw.digest, 2], bad: ['../../../private/secret', 2] },
  },
  'plain.json': { version: 2, repository: 'plain', 'repo-registry-id': 'plain', url: `${url}/plain` },
  'foo.json': {
    version: 1,
    repository: 'foo',
    'repo-registry-id': 'foo',
    url: `${url}/foo`,
    images: [{ id: 'abc123' }],
    tags: {},
  },
});

/** Reads of a store in the folder. */
let reads: string[] = [];
const store = {
  name: 'a test',
  read: async (key: string) => {
    reads.push(key);
    if (key.endsWith('/fails')) throw new RegistryError('unreachable', 'the store does not answer');
    try {
      return readFileSync(join(folder, key));
    } catch {
      return undefined;
    }
  },
  head: async (key: string) => {
    const bytes = await store.read(key, 1 << 20);
    return bytes && { key, size: bytes.length, contentType: undefined, sha256: undefined };
  },
} as Pick<ObjectStore, 'name' | 'read' | 'head'> as ObjectStore;

describe('content of a folder', () => {
  let crane: TestCrane;
  beforeAll(async () => {
    crane = await startCrane(files('http://cdn.example.com'), { folders: { v1: folder, v2: folder } });
  });
  afterAll(() => crane.close());

  it('has the types that clients require', async () => {
    const got = async (path: string, accept = '') => {
      const { status, headers } = await crane.ask(path, { headers: { accept } });
      return [status, headers['content-type'], headers['docker-content-digest']];
    };
    expect(await got('/v2/redhat/zoo/manifests/latest', list)).toEqual([200, list, index.raw.digest]);
    expect(await got('/v2/redhat/zoo/manifests/latest', schema2)).toEqual([200, schema2, amd64.raw.digest]);
    expect(await got('/v2/redhat/zoo/manifests/old')).toEqual([
      200,
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
      undefined,
    ]);
    expect(await got('/v2/plain/manifests/latest')).toEqual([200, oci.raw.mediaType, oci.raw.digest]);
    expect(await got('/v2/redhat/zoo/tags/list')).toEqual([200, 'application/json', undefined]);
    const [layer = ''] = oci.blobs.keys();
    expect(await got(`/v2/plain/blobs/${layer}`)).toEqual([200, 'application/octet-stream', layer]);
    expect(await got('/v1/images/abc123/ancestry')).toEqual([200, 'application/json', undefined]);
    expect(await got('/v1/images/abc123/layer')).toEqual([200, 'application/octet-stream', undefined]);
    expect(await got('/v1/images/abc123/json')).toEqual([404, 'text/html; charset=utf-8', undefined]);
  });

  it("has OCI's type where a manifest does not state its own: docker refuses one of docker's that does not", async () => {
    const { headers } = await crane.ask('/v2/redhat/zoo/manifests/untyped', { headers: { accept: schema2 } });
    expect([headers['content-type'], headers['docker-content-digest']]).toEqual([oci.raw.mediaType, digestOf(untyped)]);
  });

  it('is sent in parts, and not at all to who has it', async () => {
    const ask = (headers: Record<string, string>) => crane.ask('/v1/images/abc123/layer', { headers });
    expect(await ask({ range: 'bytes=2-6' })).toMatchObject({
      status: 206,
      body: 'layer',
      headers: { 'content-range': 'bytes 2-6/16', 'content-length': '5' },
    });
    expect((await ask({ range: 'bytes=99-' })).status).toBe(416);
    const { headers } = await ask({});
    expect((await ask({ 'if-none-match': String(headers.etag) })).status).toBe(304);
    const head = await crane.ask('/v1/images/abc123/layer', { method: 'HEAD' });
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '16']);
  });

  it('ends at its repository, whatever a path or a redirect file says', async () => {
    const paths = [
      '/v2/plain/blobs/../../private/secret',
      '/v2/plain/blobs/..%2F..%2Fprivate%2Fsecret',
      '/v2/plain/blobs/',
      '/v2/plain/blobs',
      '/v2/plain/manifests/..',
      '/v1/images/../private/secret',
      '/v1/images/..%2Fprivate/layer',
    ];
    for (const path of paths) expect([path, (await crane.ask(path)).status]).toEqual([path, 404]);
    const bad = await crane.ask('/v2/redhat/zoo/manifests/bad', { headers: { accept: schema2 } });
    expect(bad.status).toBe(404);
    expect(crane.errors).toEqual([]);
  });

  it('is found behind links, as Pulp publishes by them', async () => {
    symlinkSync(join(folder, 'plain/manifests/latest'), join(folder, 'plain/manifests/linked'));
    expect((await crane.ask('/v2/plain/manifests/linked')).status).toBe(200);
    unlinkSync(join(folder, 'plain/manifests/linked'));
  });

  it('is pulled by skopeo', async () => {
    const out = join(folder, 'pulled-from-folder');
    const from = `docker://${new URL(crane.url).host}/redhat/zoo:latest`;
    const platform = ['--override-os', 'linux', '--override-arch', 'amd64'];
    await run('skopeo', ['--insecure-policy', ...platform, 'copy', '--src-tls-verify=false', from, `dir:${out}`]);
    expect(digestOf(readFileSync(join(out, 'manifest.json')))).toBe(amd64.raw.digest);
  });
});

describe('manifests from a store, with blobs elsewhere', () => {
  let crane: TestCrane;
  let cdn: Server;
  const fetched: string[] = [];
  beforeAll(async () => {
    cdn = createServer((request, response) => {
      const path = new URL(request.url ?? '', 'http://cdn').pathname;
      fetched.push(request.url ?? '');
      try {
        response.end(readFileSync(join(folder, decodeURIComponent(path))));
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => cdn.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(cdn.address() as AddressInfo).port}`;
    const links = { v2: { signer: craneLinks({ secret: 'abc123' }), seconds: 1200 } };
    crane = await startCrane(files(url), { store: storeContent({ store, url }), links });
  });
  afterAll(async () => {
    await crane.close();
    cdn.close();
  });

  it.each([
    ['redhat/zoo:latest', index.raw.digest],
    ['redhat/zoo:single', amd64.raw.digest],
    ['plain:latest', oci.raw.digest],
  ])('%s is pulled by skopeo, and only blobs are fetched from elsewhere', async (name, digest) => {
    fetched.length = 0;
    const out = mkdtempSync(join(folder, 'pulled-'));
    const from = `docker://${new URL(crane.url).host}/${name}`;
    await run('skopeo', ['--insecure-policy', 'copy', '--all', '--src-tls-verify=false', from, `dir:${out}`]);
    expect(digestOf(readFileSync(join(out, 'manifest.json')))).toBe(digest);
    expect(fetched.length).toBeGreaterThan(0);
    for (const path of fetched)
      expect(path).toMatch(/^\/\w+\/blobs\/sha256:[0-9a-f]{64}\?_auth_=exp=\d+~hmac=[0-9a-f]{64}$/);
  });

  it('HEAD has digest, type and length, of manifests and of blobs', async () => {
    const manifest = await crane.ask('/v2/plain/manifests/latest', { method: 'HEAD' });
    expect(manifest).toMatchObject({
      status: 200,
      body: '',
      headers: {
        'content-type': oci.raw.mediaType,
        'docker-content-digest': oci.raw.digest,
        'content-length': String(oci.raw.bytes.length),
      },
    });
    const [layer = '', bytes] = [...oci.blobs][0] ?? [];
    expect(await crane.ask(`/v2/plain/blobs/${layer}`, { method: 'HEAD' })).toMatchObject({
      status: 200,
      headers: { 'docker-content-digest': layer, 'content-length': String(bytes?.length) },
    });
    expect((await crane.ask(`/v2/plain/blobs/sha256:${'0'.repeat(64)}`, { method: 'HEAD' })).status).toBe(404);
    expect((await crane.ask(`/v2/plain/blobs/${layer}`)).status).toBe(307);
  });

  it('a digest is read from the store once, a tag each time', async () => {
    reads = [];
    for (let count = 0; count < 3; count += 1) {
      await crane.ask(`/v2/redhat/zoo/manifests/${index.raw.digest}`, { headers: { accept: list } });
      await crane.ask('/v2/plain/manifests/latest');
    }
    expect(reads.filter((key) => key.includes('zoo')).length).toBeLessThanOrEqual(1);
    expect(reads.filter((key) => key === 'plain/manifests/latest')).toHaveLength(3);
  });

  it('bytes of another digest are not given, and a store that fails is 503', async () => {
    const wrong = `sha256:${'1'.repeat(64)}`;
    writeFileSync(join(folder, `plain/manifests/${wrong}`), '{}');
    expect((await crane.ask(`/v2/plain/manifests/${wrong}`)).status).toBe(502);
    expect((await crane.ask('/v2/plain/manifests/fails')).status).toBe(503);
    expect(crane.errors.join('')).toMatch(/its bytes have the digest sha256:44136.*\n.*the store does not answer/);
  });
});
