import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { PublishedObject, PublishLayout } from '../layouts/publication.js';
import { smallObject } from '../layouts/small-object.js';
import type { NewObject, ObjectStore, StoredObject } from '../stores/object-store.js';
import { publish } from './publish.js';

const type = { contentType: 'x/y', cacheControl: 'max-age=60', isAddressed: false } as const;

function object(key: string, stage: number, content = key): PublishedObject {
  return smallObject({ key, stage, ...type }, Buffer.from(content));
}

function layoutOf(objects: readonly PublishedObject[]): PublishLayout {
  const plan = {
    kind: 'static',
    name: 'a',
    folder: 'a/',
    prefix: 'a/',
    there: new Map(),
    tags: [],
    redirect: undefined,
    notices: [],
  } as const;
  return { kind: 'static', plan: async () => ({ ...plan, objects }) };
}

/** Store in memory that counts what a bucket is asked, and notes keys as they are stored. */
function memoryStore(
  there: Iterable<readonly [string, string]> = [],
  wait: (key: string) => Promise<void> = async () => {},
) {
  const objects = new Map<string, StoredObject>();
  const asked = { pages: 0, heads: 0 };
  const stored: string[] = [];
  const keep = (key: string, bytes: Uint8Array) => {
    const md5 = createHash('md5').update(bytes).digest('hex');
    objects.set(key, { key, size: bytes.length, contentType: undefined, sha256: undefined, md5 });
  };
  for (const [key, text] of there) keep(key, Buffer.from(text));
  const store: ObjectStore = {
    name: 'memory',
    url: undefined,
    traffic: { requests: 0, byKind: {}, bytes: 0 },
    async head(key) {
      asked.heads += 1;
      return objects.get(key);
    },
    async *list(prefix) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
      for (const [at, key] of keys.entries()) {
        if (at % 1000 === 0) asked.pages += 1;
        const found = objects.get(key);
        if (found !== undefined) yield found;
      }
    },
    read: async () => undefined,
    open: async () => Readable.from([]),
    async put(given: NewObject, bytes) {
      await wait(given.key);
      keep(given.key, bytes);
      stored.push(given.key);
    },
    upload: async () => 0,
    async delete() {},
    async close() {},
  };
  return { store, asked, stored };
}

it('all of a stage is there before the next begins', async () => {
  const slow = async (key: string) => new Promise<void>((resolve) => setTimeout(resolve, key === 'a/1' ? 50 : 0));
  const { store, stored } = memoryStore([], slow);
  const objects = [object('a/tag', 9), object('a/1', 0), object('a/2', 0), object('a/m', 1)];
  await publish({ layout: layoutOf(objects), store, access: 'private' });
  expect(stored).toEqual(['a/2', 'a/1', 'a/m', 'a/tag']);
});

it('after an error nothing is begun, and no later stage', async () => {
  const { store, stored } = memoryStore([], async (key) => {
    if (key === 'a/bad') throw new Error('refused');
  });
  const objects = [
    object('a/bad', 0),
    ...Array.from({ length: 20 }, (_, at) => object(`a/${at}`, 0)),
    object('a/tag', 1),
  ];
  await expect(publish({ layout: layoutOf(objects), store, access: 'private', beside: 2 })).rejects.toThrow('refused');
  expect(stored.length).toBeLessThan(3);
});

it('a signal ends it between objects', async () => {
  const stop = new AbortController();
  const { store, stored } = memoryStore([], async (key) => {
    if (key === 'a/0') stop.abort();
  });
  const objects = Array.from({ length: 5 }, (_, at) => object(`a/${at}`, at));
  const publishing = publish({ layout: layoutOf(objects), store, access: 'private', signal: stop.signal });
  await expect(publishing).rejects.toMatchObject({ kind: 'interrupted' });
  expect(stored).toEqual(['a/0']);
});

it('what is there with other bytes is stored again; --repair stores all', async () => {
  const { store, stored } = memoryStore([
    ['a/same', 'a/same'],
    ['a/other', 'a/OTHER'],
  ]);
  const objects = [object('a/same', 0), object('a/other', 0)];
  await publish({ layout: layoutOf(objects), store, access: 'private' });
  expect(stored).toEqual(['a/other']);
  await publish({ layout: layoutOf(objects), store, access: 'private', isRepair: true });
  expect(stored).toHaveLength(3);
});

it.each([
  ['few objects among many: pages up to their number, then each by itself', 2, 5000, { pages: 2, heads: 1 }],
  ['as many as there are: pages alone', 5000, 5000, { pages: 5, heads: 0 }],
  ['an empty store: one listing', 5, 0, { pages: 0, heads: 0 }],
])('%s', async (_, wanted, there, expected) => {
  const name = (at: number) => `a/${String(at).padStart(5, '0')}`;
  const { store, asked, stored } = memoryStore(Array.from({ length: there }, (_unused, at) => [name(at), name(at)]));
  // The last ones, which a listing comes to at its end.
  const first = Math.max(0, there - wanted);
  const objects = Array.from({ length: wanted }, (_unused, at) =>
    object(name(wanted === 2 && at === 0 ? 5 : first + at), 0),
  );
  await publish({ layout: layoutOf(objects), store, access: 'private' });
  expect(asked).toEqual(expected);
  expect(stored).toHaveLength(there === 0 ? wanted : 0);
});
