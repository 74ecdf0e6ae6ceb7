import { expect, test } from 'vitest';
import { openScripted } from '../../../../test/kit/open-scripted.js';
import type { ScriptedAnswer, SeenRequest } from '../../../../test/kit/scripted-registry.js';
import { digestOf } from '../../digest.js';
import { rawManifest } from '../../manifest.js';
import { mediaTypes } from '../../media-types.js';

const raw = rawManifest(
  Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] })),
);
const there: ScriptedAnswer = {
  headers: { 'content-type': raw.mediaType, 'docker-content-digest': raw.digest },
  body: Buffer.from(raw.bytes),
};
const absent: ScriptedAnswer = {
  status: 404,
  headers: { 'docker-distribution-api-version': 'registry/2.0' },
  body: { errors: [{ code: 'MANIFEST_UNKNOWN' }] },
};
const found = { digest: raw.digest, mediaType: raw.mediaType, size: raw.bytes.length };

/** A registry that has all tags but `none`, and answers HEAD with a status. */
const answersHead =
  (status: number) =>
  ({ method, url }: SeenRequest) => {
    if (method === 'PUT') return { status: 201 };
    if (url.includes('/tags/list')) return { body: { tags: ['1'] } };
    if (method === 'HEAD' && status !== 200) return { ...absent, status };
    return url.endsWith('/none') ? absent : there;
  };

test.each([
  204, 304, 400, 402, 403, 405, 406, 415, 422,
])('a HEAD that is refused with %i made the image fail', async (status) => {
  const { registry, notices, requests } = await openScripted(answersHead(status));
  expect(await registry.head('a', '1')).toEqual(found);
  expect(await registry.head('a', '2')).toEqual(found);
  expect(await registry.head('a', 'none')).toBeUndefined();
  expect(requests()).toEqual([
    'HEAD /v2/a/manifests/1',
    'GET /v2/a/manifests/1',
    'GET /v2/a/manifests/2',
    'GET /v2/a/manifests/none',
  ]);
  expect(notices).toEqual(['HOST does not answer HEAD for manifests that it has: they are read instead']);
});

test.each([500, 501, 502])('a HEAD at which the server fails (%i) made the image fail', async (status) => {
  const { registry, notices, requests } = await openScripted(answersHead(status));
  for (const tag of ['1', '2', '3']) expect(await registry.head('a', tag)).toEqual(found);
  expect(requests().map((line) => line.slice(0, 4))).toEqual(['HEAD', 'GET ', 'HEAD', 'GET ', 'GET ']);
  expect(notices).toHaveLength(1);
});

test.each([204, 400, 406, 500])('a HEAD of a blob that is refused with %i made the image fail', async (status) => {
  const { registry } = await openScripted(({ method }) => (method === 'HEAD' ? { status } : { body: 'content' }));
  expect(await registry.hasBlob('a', raw.digest)).toBe(true);
});

test('where GET is refused too, its reason is printed', async () => {
  const denied = { status: 403, body: { errors: [{ code: 'DENIED', message: 'not yours' }] } };
  const { registry, server } = await openScripted(() => denied);
  await expect(registry.head('a', '1')).rejects.toThrow(
    `could not read the manifest of ${server.host}/a:1: 403 DENIED: not yours`,
  );
});

test('what was just written is there, though HEAD answers 404', async () => {
  const { registry, requests } = await openScripted(answersHead(404));
  await registry.putManifest('a', '1', raw);
  expect(await registry.head('a', '1')).toEqual(found);
  expect(await registry.head('a', '2')).toEqual(found);
  expect(requests().slice(1)).toEqual(['HEAD /v2/a/manifests/1', 'GET /v2/a/manifests/1', 'GET /v2/a/manifests/2']);
});

test('a listed tag is there, though HEAD answers 404', async () => {
  const { registry } = await openScripted(answersHead(404));
  await registry.tags('a');
  expect(await Promise.all(['1', '2', 'none'].map((tag) => registry.head('a', tag)))).toEqual([
    found,
    found,
    undefined,
  ]);
});

test('a second 404 is looked into once, and no third', async () => {
  const { registry, requests } = await openScripted(() => absent);
  for (const tag of ['1', '2', '3', '4']) expect(await registry.head('a', tag)).toBeUndefined();
  expect(requests().filter((line) => line.startsWith('GET'))).toEqual(['GET /v2/a/manifests/2']);
});

test('a 404 costs nothing once a HEAD was answered', async () => {
  const { registry, requests } = await openScripted(({ url }) => (url.endsWith('/1') ? there : absent));
  for (const tag of ['1', '2', '3']) await registry.head('a', tag);
  expect(requests().filter((line) => line.startsWith('GET'))).toEqual([]);
});

test('a deleted tag is not there, whatever was written before', async () => {
  const { registry, requests } = await openScripted(({ method }) =>
    method === 'PUT' || method === 'DELETE' ? { status: 202 } : absent,
  );
  await registry.putManifest('a', '1', raw);
  await registry.deleteTag('a', '1');
  expect(await registry.head('a', '1')).toBeUndefined();
  expect(requests().at(-1)).toBe('HEAD /v2/a/manifests/1');
});

test.each([
  [403, true],
  [405, true],
  [501, false],
])('a HEAD of a blob that is refused with %i: its first byte is read', async (status, isThere) => {
  const { registry, server } = await openScripted(({ method }) =>
    method === 'HEAD' ? { status } : isThere ? { status: 206, body: 'x' } : absent,
  );
  expect(await registry.hasBlob('a', digestOf(Buffer.from('x')))).toBe(isThere);
  expect(server.seen.map(({ method, headers }) => `${method} ${headers.range ?? ''}`)).toEqual([
    'HEAD ',
    'GET bytes=0-0',
  ]);
});
