import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderStore } from '../../src/publish/stores/folder-store.js';
import type { ObjectStore } from '../../src/publish/stores/object-store.js';
import { newStore, objectOf, stream } from './bucket-kit.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'publish-stores-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ['a bucket', () => newStore({ prefix: 'below/here' })],
  ['a folder', async () => folderStore(join(folder, randomBytes(4).toString('hex')))],
])('%s', (_, open) => {
  let store: ObjectStore;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  it('keeps type, lifetime and digest of an object', async () => {
    const bytes = Buffer.from('{"a":1}');
    await store.put(objectOf('v2/a/manifests/1.0', bytes, { cacheControl: 'max-age=60' }), bytes);
    expect(await store.head('v2/a/manifests/1.0')).toMatchObject({
      key: 'v2/a/manifests/1.0',
      size: 7,
      contentType: 'text/x-test',
      cacheControl: 'max-age=60',
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(await store.read('v2/a/manifests/1.0', 7)).toEqual(bytes);
    await expect(store.read('v2/a/manifests/1.0', 6)).rejects.toMatchObject({ kind: 'corrupt' });
    expect(await store.head('v2/a/manifests/2.0')).toBeUndefined();
    expect(await store.read('v2/a/manifests/2.0', 7)).toBeUndefined();
    await expect(store.open('v2/a/manifests/2.0')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('streams what is small, whole or not at all', async () => {
    const bytes = randomBytes(300_000);
    expect(await store.upload(objectOf('small', bytes), stream(bytes))).toBe(300_000);
    const back: Buffer[] = [];
    for await (const chunk of await store.open('small', 100)) back.push(chunk);
    expect(Buffer.concat(back).equals(bytes.subarray(100))).toBe(true);
    const other = { ...objectOf('other', bytes), sha256: '0'.repeat(64) };
    await expect(store.upload(other, stream(bytes))).rejects.toMatchObject({ kind: 'corrupt' });
    expect(await store.head('other')).toBeUndefined();
  });

  it('lists by the bytes of keys, and deletes', async () => {
    for (const key of ['l/b', 'l/a/x', 'l/a-1', 'm'])
      await store.put(objectOf(key, Buffer.from(key)), Buffer.from(key));
    const found: unknown[] = [];
    for await (const { key, size } of store.list('l/')) found.push([key, size]);
    expect(found).toEqual([
      ['l/a-1', 5],
      ['l/a/x', 5],
      ['l/b', 3],
    ]);
    await store.delete(['l/b', 'l/a/x', 'never']);
    expect(await store.head('l/b')).toBeUndefined();
    expect(await store.head('l/a-1')).toBeDefined();
  });

  it.each([
    '',
    '/a',
    'a//b',
    '../a',
    'a/../../b',
    'a/.',
    'a\\b',
    'a\nb',
    'a\0b',
    '\ud800',
    'a'.repeat(1025),
  ])('refuses the key %j', async (key) => {
    await expect(store.put(objectOf(key, Buffer.from('')), Buffer.from(''))).rejects.toMatchObject({ kind: 'input' });
  });
});
