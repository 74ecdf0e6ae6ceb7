import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { serveEachTest } from '../../../test/kit/served-folder.js';
import { digestOf } from '../digest.js';
import { mediaTypes } from '../media-types.js';
import { writeLink } from './storage/links.js';
import { Removals } from './storage/removals.js';
import { deleteTagFolders } from './storage/tags.js';
import { purgeUploads, uploadAge } from './uploads/purge-uploads.js';

const fail = (message: string) => expect.fail(message);

const served = serveEachTest();

const body = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] });
const digest = digestOf(Buffer.from(body));
const blob = Buffer.from('a blob');

async function ask(method: string, path: string, content?: string | Buffer): Promise<number> {
  const answer = await fetch(`${served.server.url}/v2/a/b/${path}`, {
    method,
    ...(content === undefined ? {} : { body: new Uint8Array(Buffer.from(content)) }),
    headers: method === 'PUT' ? { 'content-type': mediaTypes.ociIndex } : {},
  });
  await answer.arrayBuffer();
  return answer.status;
}

test('a push and a delete of the same at once were a failure of the storage', async () => {
  const statuses = new Set<number>();
  const lane = async (method: string, path: string, content?: string | Buffer) => {
    for (let count = 0; count < 60; count += 1) statuses.add(await ask(method, path, content));
  };
  await Promise.all([
    ...['tag', digest].map((reference) => lane('PUT', `manifests/${reference}`, body)),
    ...['tag', 'tag', digest].map((reference) => lane('DELETE', `manifests/${reference}`)),
    lane('POST', `blobs/uploads/?digest=${digestOf(blob)}`, blob),
    lane('DELETE', `blobs/${digestOf(blob)}`),
  ]);
  expect(served.errors()).toEqual([]);
  expect([...statuses].sort()).toEqual([201, 202, 404]);
  expect(readdirSync(served.layout.uploads('a/b'))).toEqual([]);
  expect(await ask('PUT', 'manifests/tag', body)).toBe(201);
  expect([await ask('GET', 'manifests/tag'), await ask('GET', `manifests/${digest}`)]).toEqual([200, 200]);
  expect(existsSync(served.layout.tagHistoryLink('a/b', 'tag', digest))).toBe(true);
});

test('what a killed server left of a link was never removed', async () => {
  const held = served.layout.tagLink('a/b', 'tag');
  await writeLink(served.layout, 'a/b', `${held}/in/the/way`, digest);
  await expect(writeLink(served.layout, 'a/b', held, digest)).rejects.toThrow(/EISDIR|ENOTEMPTY/);
  expect(readdirSync(served.layout.uploads('a/b'))).toEqual([]);
  writeFileSync(served.layout.upload('a/b', '00000000-0000-4000-8000-000000000000'), 'sha256:');
  expect(await purgeUploads(served.layout, Date.now(), fail)).toBe(0);
  expect(await purgeUploads(served.layout, Date.now() + uploadAge + 1000, fail)).toBe(1);
  expect(readdirSync(served.layout.uploads('a/b'))).toEqual([]);
});

test('bytes of a cut POST, whose client never had an id, stayed for a week', async () => {
  const outgoing = request(`${served.server.url}/v2/a/b/blobs/uploads/?digest=${digest}`, {
    method: 'POST',
    headers: { 'content-length': 10_000_000 },
  });
  outgoing.on('error', () => {}); // It is cut on purpose.
  outgoing.write(Buffer.alloc(3_000_000));
  const uploads = () => (existsSync(served.layout.uploads('a/b')) ? readdirSync(served.layout.uploads('a/b')) : []);
  await expect.poll(() => uploads().length).toBe(1);
  outgoing.destroy();
  await expect.poll(() => uploads().length).toBe(0);
});

test('a tag that was moved while its former digest was deleted with all its tags went with them', async () => {
  for (const tag of ['1', '2']) expect(await ask('PUT', `manifests/${tag}`, body)).toBe(201);
  const removals = new Removals(fail);
  await deleteTagFolders(served.layout, removals, 'a/b', ['1', '2', 'gone'], (tag) => tag !== '2');
  await removals.close();
  expect([await ask('GET', 'manifests/1'), await ask('GET', 'manifests/2')]).toEqual([404, 200]);
});
