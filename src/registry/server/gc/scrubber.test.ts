import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { serveEachTest } from '../../../../test/kit/served-folder.js';
import { Repository } from '../../../../test/registry/conformance/repository.js';
import { digestOf } from '../../digest.js';
import type { ScrubState } from './scrubber.js';

const served = serveEachTest();
const repository = (name = 'a/b') => new Repository(served.server.url, name);

async function scrub(wishes: object = {}): Promise<ScrubState> {
  const headers = { 'Content-Type': 'application/json' };
  const reply = await repository().ask('POST', '/_provision/scrub', { body: JSON.stringify(wishes), headers });
  expect(reply.status).toBe(200);
  return JSON.parse(reply.body.toString()) as ScrubState;
}

test('bits that flipped on the disk were found by the first client that pulled them', async () => {
  const [sound, flipped, lost] = ['sound', 'flipped', 'lost'].map((text) => Buffer.from(text.repeat(1000)));
  if (sound === undefined || flipped === undefined || lost === undefined) expect.fail();
  for (const bytes of [sound, flipped, lost]) await repository().pushBlob(bytes);
  await repository('c').pushBlob(flipped);
  const data = `${served.layout.content(digestOf(flipped))}/data`;
  expect(await scrub()).toMatchObject({ running: false, blobs: 3, bytes: 16_000, damaged: [] });
  const other = Buffer.from(flipped);
  other[100] = 0;
  writeFileSync(data, other);
  rmSync(served.layout.content(digestOf(lost)), { recursive: true });
  const damaged = [{ digest: digestOf(flipped), repositories: ['a/b', 'c'] }];
  expect(await scrub()).toMatchObject({ blobs: 2, damaged });
  expect(served.errors()).toEqual([
    `error the content ${digestOf(flipped)} is damaged; it is in a/b, c: push it again`,
  ]);
  const figures = (await repository().ask('GET', '/metrics')).body.toString();
  expect(figures.match(/^registry_scrub_(?:damaged_blobs|bytes_total) .*$/gm)).toEqual([
    'registry_scrub_bytes_total 28000',
    'registry_scrub_damaged_blobs 1',
  ]);
  expect((await repository().ask('GET', `blobs/${digestOf(flipped)}`)).body.equals(other)).toBe(true);
  await repository().pushBlob(flipped);
  expect((await repository().ask('GET', `blobs/${digestOf(flipped)}`)).body.equals(flipped)).toBe(true);
  expect(await scrub()).toMatchObject({ damaged: [] });
});

test('content is read as slowly as it should be', async () => {
  await repository().pushBlob(Buffer.alloc(300_000));
  const began = performance.now();
  expect(await scrub({ rate: 500_000 })).toMatchObject({ bytes: 300_000 });
  expect(performance.now() - began).toBeGreaterThan(550);
});
