import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openScripted } from '../../../test/kit/open-scripted.js';
import { digestOf } from '../digest.js';
import { rawManifest } from '../manifest.js';
import { RegistryError } from '../registry-error.js';
import type { OpenedRegistry } from './open.js';
import type { UploadLocation } from './registry.js';

/*
 * Table of every request that the client makes, by every status that a server may answer to it: the kind of the error, or
 * the outcome where it is none. A letter stands for each kind, `+` for an answer, `-` for none.
 */
const content = Buffer.from('content');
const blob = { digest: digestOf(content), size: content.length };
const manifest = rawManifest(Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [] })));

const requests: Readonly<Record<string, (registry: OpenedRegistry, session: UploadLocation) => Promise<unknown>>> = {
  'GET /v2/': (registry) => registry.ping(),
  'HEAD manifest': (registry) => registry.head('a', '1'),
  'GET manifest': (registry) => registry.manifest('a', '1'),
  'PUT manifest': (registry) => registry.putManifest('a', '1', manifest),
  'DELETE manifest': (registry) => registry.deleteManifest('a', manifest.digest),
  'HEAD blob': (registry) => registry.hasBlob('a', blob.digest),
  'GET blob': async (registry) => buffer(await registry.blob('a', blob)),
  'POST upload': (registry) => registry.putBlob('a', blob, async () => Readable.from([content]), {}),
  'PUT upload': (registry, session) => registry.putBlob('a', blob, async () => Readable.from([content]), { session }),
  'PATCH upload': (registry, session) =>
    registry.putBlob('a', blob, async () => Readable.from([content]), { session, chunkSize: 4 }),
  'DELETE upload': (registry, session) => registry.cancelUpload(session),
  'POST mount': (registry) => registry.mount('a', blob.digest, 'b'),
  'GET tags': (registry) => registry.tags('a'),
  'GET catalogue': (registry) => registry.repositories(),
  'GET referrers': (registry) => registry.referrersByApi('a', blob.digest),
};
const statuses = [
  204, 301, 304, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 415, 416, 418, 422, 423, 425, 428,
  429, 431, 451, 499, 500, 501, 502, 503, 504, 507, 511, 520, 599,
];
const letters: Readonly<Record<string, string>> = {
  unauthorized: 'a',
  denied: 'd',
  'not-found': 'n',
  'rate-limited': 'r',
  unsupported: 'u',
  'read-only': 'o',
  server: 's',
  protocol: 'p',
  corrupt: 'c',
  unreachable: 'l',
};

async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    const found = await work;
    if (found === undefined || found === false) return '-';
    return '+';
  } catch (error) {
    if (!(error instanceof RegistryError)) return '!';
    expect(error.message).toMatch(/^could not |is not there|does not have|has no/);
    return letters[error.kind] ?? error.kind;
  }
}

test('every status to every request is an outcome, or an error of a kind with words', { timeout: 60_000 }, async () => {
  const rows: string[] = [];
  for (const [name, request] of Object.entries(requests)) {
    const row = await Promise.all(
      statuses.map(async (status) => {
        const { registry, server } = await openScripted(() => ({
          status,
          headers: status === 429 ? { 'retry-after': '4000' } : {},
        }));
        return outcome(request(registry, { location: `${server.url}/v2/a/blobs/uploads/1` }));
      }),
    );
    rows.push(`${name.padEnd(16)} ${row.join(' ')}`);
  }
  const head = [0, 1, 2].map(
    (digit) => `${' '.repeat(16)} ${statuses.map((status) => String(status)[digit]).join(' ')}`,
  );
  expect([...head, ...rows].join('\n')).toMatchInlineSnapshot(`
    "                 2 3 3 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 5 5 5 5 5 5 5 5 5
                     0 0 0 0 0 0 0 0 0 0 0 0 1 1 1 1 1 1 1 2 2 2 2 2 3 5 9 0 0 0 0 0 0 1 2 9
                     4 1 4 0 1 2 3 4 5 6 8 9 0 1 2 3 5 6 8 2 3 5 8 9 1 1 9 0 1 2 3 4 7 1 0 9
    GET /v2/         p p p p a d d n u p p p n p p p p p p p p p p r p d p s u s s s s s s s
    HEAD manifest    p p p p a d d - u p p p - p p p p p p p p p p r p d p s u s s s s s s s
    GET manifest     p p p p a d d - u p p p - p p p p p p p p p p r p d p s u s s s s s s s
    PUT manifest     + p p p a d d n o p p p n p p p p p p p p p p r p d p s u s s s s s s s
    DELETE manifest  - p p p a d d n o p p p n p p p p p p p p p p r p d p s u s s s s s s s
    HEAD blob        p p p p a d d - u p p p - p p p p p p p p p p r p d p s u s s s s s s s
    GET blob         p p p p a d d n u p p p n p p p p p p p p p p r p d p s u s s s s s s s
    POST upload      p p p p a d d n o p p p n p p p p p p p p p p r p d p s u s s s s s s s
    PUT upload       - p p p a d d n o p p p n p p p p p p p p p p r p d p s u s s s s s s s
    PATCH upload     - p p p a d d n o p p p n p p p p p p p p p p r p d p s u s s s s s s s
    DELETE upload    - p p p a d d - - p p p - p p p p p p p p p p r p d p s u s s s s s s s
    POST mount       p p p p a d d n o p p p n p p p p p p p p p p r p d p s u s s s s s s s
    GET tags         p p p p a d d n u p p p n p p p p p p p p p p r p d p s u s s s s s s s
    GET catalogue    p p p p a d d n u p p p n p p p p p p p p p p r p d p s u s s s s s s s
    GET referrers    - - - - - - - - - - - - - - - - - - - - - - - r - - - - - - - - - - - -"
  `);
});
