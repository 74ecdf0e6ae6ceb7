import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRegistry } from '../../../src/registry/client/open.js';
import { digestOf } from '../../../src/registry/digest.js';
import { serveRegistry } from '../../../src/registry/server/serve.js';
import { type CountingProxy, countingProxy } from '../proxy/counting-proxy.js';
import { noise } from '../proxy/seeded.js';

const mebibyte = 2 ** 20;
const content = noise('resumed', 8 * mebibyte);
const blob = { digest: digestOf(content), size: content.length };
let folder: string;
let server: Awaited<ReturnType<typeof serveRegistry>>;
let line: CountingProxy;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-resume-'));
  server = await serveRegistry({ dir: folder });
  line = await countingProxy({ target: server.url });
});
afterAll(async () => {
  await line?.close();
  await server?.close(0);
  await rm(folder, { recursive: true });
});

/** A part that is cut half-way is gone on with where the server says it is: nothing before that is sent again. */
test('an upload goes on where it was cut, where the server can', async () => {
  line.reset({ faults: [{ kinds: ['upload-patch'], at: [2], does: { what: 'cut-request', after: mebibyte } }] });
  const asked: number[] = [];
  const registry = openRegistry({ host: line.host, chunkSize: 3 * mebibyte });
  await registry.putBlob('team/web', blob, async (from) => {
    asked.push(from);
    return Readable.from([content.subarray(from)]);
  });
  expect(line.counts.faults).toEqual({ 'cut-request': 1 });
  expect(line.counts.requests).toMatchObject({ 'upload-post': 1, 'upload-get': 1, 'upload-put': 1 });
  expect(asked.slice(0, 2)).toEqual([0, 3 * mebibyte]);
  const resumed = asked[2] ?? 0;
  expect(resumed).toBeGreaterThan(3 * mebibyte);
  expect(resumed).toBeLessThanOrEqual(4 * mebibyte);
  const held: Buffer[] = [];
  for await (const chunk of await registry.blob('team/web', blob)) held.push(chunk);
  expect(digestOf(Buffer.concat(held))).toBe(blob.digest);
  await registry.close();
});
