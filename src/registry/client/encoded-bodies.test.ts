import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openScripted } from '../../../test/kit/open-scripted.js';
import { digestOf } from '../digest.js';
import { rawManifest } from '../manifest.js';
import { mediaTypes } from '../media-types.js';

const raw = rawManifest(
  Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] })),
);
const layer = Buffer.alloc(200_000, 'layer');
const blob = { digest: digestOf(layer), size: layer.length };

describe.each<[string, (bytes: Uint8Array) => Buffer]>([
  ['gzip', gzipSync],
  ['X-GZIP', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
])('a body that is encoded though nobody asked for it: %s', (encoding, encode) => {
  const headers = { 'content-encoding': encoding };

  test('of a manifest had another digest', async () => {
    const { registry } = await openScripted(() => ({
      headers: { ...headers, 'content-type': raw.mediaType, 'docker-content-digest': raw.digest },
      body: encode(raw.bytes),
    }));
    expect(await registry.manifest('a', '1')).toEqual(raw);
  });

  test('of an error was printed as it came', async () => {
    const body = encode(Buffer.from(JSON.stringify({ errors: [{ code: 'DENIED', message: 'no plan' }] })));
    const { registry } = await openScripted(() => ({ status: 403, headers, body }));
    await expect(registry.tags('a')).rejects.toThrow(/: 403 DENIED: no plan$/);
  });

  test('of a token was none', async () => {
    const { registry } = await openScripted((request) => {
      if (request.url.startsWith('/token')) return { headers, body: encode(Buffer.from('{"token":"good"}')) };
      return request.headers.authorization === 'Bearer good'
        ? { headers, body: encode(Buffer.from('{"tags":["1"]}')) }
        : { status: 401, headers: { 'www-authenticate': 'Bearer realm="/token"' } };
    });
    expect(await registry.tags('a')).toEqual(['1']);
  });

  test('of a blob was cut', async () => {
    const { registry } = await openScripted(() => ({ headers, body: encode(layer) }));
    expect((await buffer(await registry.blob('a', blob))).equals(layer)).toBe(true);
  });

  test('of a blob that is stored so is that blob', async () => {
    const { registry } = await openScripted(() => ({
      headers: { ...headers, 'content-length': String(layer.length) },
      body: layer,
    }));
    expect((await buffer(await registry.blob('a', blob))).equals(layer)).toBe(true);
  });
});

test.each([
  'identity',
  'aws-chunked',
  'zstd',
  'gzip',
])('content that comes as it is, whatever the name of its encoding: %s', async (encoding) => {
  const { registry } = await openScripted(() => ({
    headers: { 'content-encoding': encoding },
    body: { tags: ['1'] },
  }));
  expect(await registry.tags('a')).toEqual(['1']);
});

test('bytes that are no text are not quoted', async () => {
  const { registry } = await openScripted(() => ({ status: 403, body: gzipSync('no plan') }));
  await expect(registry.tags('a')).rejects.toThrow(/: 403$/);
});

test('the address that ends an upload stays as the server wrote it', async () => {
  const location = '/v2/a/blobs/uploads/1?_state=a~b%20c*&X-Signature=(x)';
  const { registry, requests } = await openScripted(({ method }) =>
    method === 'POST' ? { status: 202, headers: { location } } : { status: 201 },
  );
  await registry.putBlob('a', blob, async () => Readable.from([layer], { objectMode: false }));
  expect(requests()[1]).toBe(`PUT ${location}&digest=${encodeURIComponent(blob.digest)}`);
});
