import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type OpenScripted, openScripted } from '../../../../test/kit/open-scripted.js';
import type { ScriptedAnswer, SeenRequest } from '../../../../test/kit/scripted-registry.js';
import { digestOf } from '../../digest.js';

const mib = 1 << 20;
const accepted = (headers: Record<string, string> = {}): ScriptedAnswer => ({
  status: 202,
  headers: { location: '/v2/a/blobs/uploads/1', ...headers },
});

const put = ({ registry }: OpenScripted, bytes: Buffer, chunkSize?: number) =>
  registry.putBlob(
    'a',
    { digest: digestOf(bytes), size: bytes.length },
    async (from) => Readable.from([bytes.subarray(from)], { objectMode: false }),
    { chunkSize },
  );
/** Methods and lengths of what was sent, and the parts that were taken, joined. */
const sizes = ({ server }: OpenScripted) =>
  server.seen.filter(({ method }) => method !== 'POST').map(({ method, bytes }) => `${method} ${bytes.length}`);
const joined = (parts: readonly SeenRequest[]) => Buffer.concat(parts.map(({ bytes }) => bytes));

test.each([3 * mib, 40 * mib])('a layer of %i bytes never came through a proxy that takes 1 MiB', async (size) => {
  const taken: SeenRequest[] = [];
  const opened = await openScripted((request) => {
    if (request.method === 'POST') return accepted();
    if (request.bytes.length > mib) return { status: 413, body: '<h1>413 Request Entity Too Large</h1>' };
    taken.push(request);
    return request.method === 'PUT' ? { status: 201 } : accepted();
  });
  const bytes = Buffer.alloc(size, 'layer');
  await put(opened, bytes);
  expect(joined(taken).equals(bytes)).toBe(true);
  const refused = sizes(opened).filter((line) => Number(line.split(' ')[1]) > mib);
  expect(refused.length).toBe(size === 3 * mib ? 2 : 6);
  await put(opened, bytes); // The size is known now.
  expect(sizes(opened).filter((line) => Number(line.split(' ')[1]) > mib).length).toBe(refused.length);
});

test('a layer that is refused at every size is told with the reason', async () => {
  const opened = await openScripted(({ method }) =>
    method === 'POST'
      ? accepted()
      : { status: 413, body: { errors: [{ code: 'SIZE_INVALID', message: 'over the quota' }] } },
  );
  const size = 300 << 10;
  await expect(put(opened, Buffer.alloc(size))).rejects.toThrow(
    /is refused as too large \(413\): SIZE_INVALID: over the quota$/,
  );
  expect(sizes(opened)).toEqual(['PUT 307200', 'PATCH 153600', 'PATCH 76800']);
});

test.each([
  ['PATCH', 201],
  ['PATCH', 200],
  ['PATCH', 204],
  ['PUT', 202],
  ['PUT', 206],
])('a %s that is answered with %i was no success', async (verb, status) => {
  const opened = await openScripted(({ method }) => {
    if (method === 'POST') return accepted();
    return { ...accepted(), status: method === verb ? status : method === 'PUT' ? 201 : 202 };
  });
  await put(opened, Buffer.alloc(10), 6);
  expect(sizes(opened)).toEqual(['PATCH 6', 'PUT 4']);
});

test.each([
  ['the smallest size of parts', 4, ['PATCH 8', 'PATCH 8', 'PUT 4']],
  ['a size that is larger', 12, ['PATCH 12', 'PUT 8']],
])('OCI-Chunk-Min-Length was not looked at: %s', async (_, chunk, expected) => {
  const opened = await openScripted(({ method }) => {
    if (method === 'PUT') return { status: 201 };
    return method === 'POST' ? accepted({ 'oci-chunk-min-length': '8' }) : accepted();
  });
  await put(opened, Buffer.alloc(20), chunk);
  expect(sizes(opened)).toEqual(expected);
});

test('the part of a request of which a registry kept less is sent again from there', async () => {
  const kept: Buffer[] = [];
  const opened = await openScripted(({ method, bytes }) => {
    if (method === 'POST') return accepted();
    kept.push(method === 'PUT' ? bytes : bytes.subarray(0, 5));
    return method === 'PUT' ? { status: 201 } : accepted({ range: `0-${Buffer.concat(kept).length - 1}` });
  });
  const bytes = Buffer.from('0123456789abcdefghij');
  await put(opened, bytes, 8);
  expect(Buffer.concat(kept).toString()).toBe(bytes.toString());
});

test('a registry whose Range is of the part alone is understood', async () => {
  const opened = await openScripted(({ method, bytes }) => {
    if (method === 'PUT') return { status: 201 };
    return method === 'POST' ? accepted() : accepted({ range: `0-${bytes.length - 1}` });
  });
  await put(opened, Buffer.alloc(20), 8);
  expect(sizes(opened)).toEqual(['PATCH 8', 'PATCH 8', 'PUT 4']);
});

test('a 416 that means the size was tried five times at the same', async () => {
  const opened = await openScripted(({ method, bytes }) => {
    if (method === 'POST') return accepted();
    if (bytes.length > 4 * mib) return { status: 416, body: 'body exceeds 4.00MiB' };
    return method === 'PUT' ? { status: 201 } : method === 'PATCH' ? accepted() : { status: 404 };
  });
  await put(opened, Buffer.alloc(9 * mib), 8 * mib);
  expect(sizes(opened).filter((line) => !line.startsWith('GET'))).toEqual([
    `PATCH ${8 * mib}`,
    `PATCH ${4 * mib}`,
    `PATCH ${4 * mib}`,
    `PUT ${mib}`,
  ]);
});

test.each([
  [404, 'NAME_UNKNOWN', 'create the repository there first: this registry makes none by itself'],
  [400, 'NAME_INVALID', undefined],
])('a repository that must be made first (%i) was asked for five times', async (status, code, hint) => {
  const opened = await openScripted(() => ({ status, body: { errors: [{ code, message: 'no such repository' }] } }));
  await expect(put(opened, Buffer.alloc(10))).rejects.toMatchObject({
    message: expect.stringContaining(`: ${status} ${code}: no such repository`),
    hint,
  });
  expect(opened.server.seen.length).toBe(1);
});

test('an upload that was lost is begun again', async () => {
  let begun = 0;
  const opened = await openScripted(({ method }) => {
    if (method === 'POST') begun += 1;
    if (method === 'POST') return accepted();
    return begun === 1 ? { status: 404, body: { errors: [{ code: 'BLOB_UPLOAD_UNKNOWN' }] } } : { status: 201 };
  });
  await put(opened, Buffer.alloc(10));
  expect(begun).toBe(2);
});
