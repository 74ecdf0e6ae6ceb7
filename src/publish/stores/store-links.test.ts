import { expect, it } from 'vitest';
import type { ObjectStore } from './object-store.js';
import { storeLinks } from './store-links.js';

const store = {
  presign: async (key: string, until: Date) => `signed ${key} ${until.toISOString()}`,
} as Pick<ObjectStore, 'presign'> as ObjectStore;

it.each([
  ['https://s3.example.com/bucket', 'https://s3.example.com/bucket/web/blobs/sha256:ab', 'web/blobs/sha256:ab'],
  ['https://s3.example.com/bucket/', 'https://s3.example.com/bucket/a%20b', 'a b'],
  ['https://s3.example.com/bucket', 'https://s3.example.com/bucket2/web', undefined],
  ['https://s3.example.com/bucket', 'https://s3.example.com/bucket/', undefined],
  ['https://s3.example.com/bucket', 'https://s3.example.com/bucket/../other', undefined],
  ['https://s3.example.com/bucket', 'https://s3.example.com/bucket/%2E%2E/other', undefined],
  ['https://s3.example.com/bucket', 'https://s3.example.com/bucket/%', undefined],
  ['https://s3.example.com/bucket', 'https://cdn.example.com/bucket/web', undefined],
])('of the store at %s, %s is signed as %s', async (url, address, key) => {
  const signed = await storeLinks({ store, url }).sign(address, 60);
  expect(signed).toBe(key === undefined ? address : `signed ${key} 1970-01-01T00:01:00.000Z`);
});

it('a store that cannot sign leaves addresses as they are', async () => {
  const url = 'https://images.example.com';
  expect(await storeLinks({ store: {} as ObjectStore, url }).sign(`${url}/x`, 60)).toBe(`${url}/x`);
});
