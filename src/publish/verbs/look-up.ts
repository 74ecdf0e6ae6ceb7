import { mapInParallel } from '../../text/in-parallel.js';
import type { Publication, PublishedObject } from '../layouts/publication.js';
import { compareKeys } from '../stores/object-key.js';
import type { ObjectStore, StoredObject } from '../stores/object-store.js';

/** Objects of a publication that a store has. */
export interface LookedUp {
  /** Keys of its objects that are there. */
  readonly found: ReadonlySet<string>;
  /** Returns false for a key below its prefix that is not there; true for one that is, or that was not listed. */
  readonly mayHave: (key: string) => boolean;
}

/** Keys that one page of a listing has. */
const perPage = 1000;
const beside = 8;

/**
 * Finds out which objects of a publication are there, with the fewest requests: pages of a listing have up to a thousand keys, with
 * sizes and MD5s. A listing that has more pages than there are objects is left, and those behind are asked for one by one.
 */
export async function lookUp(store: ObjectStore, publication: Publication): Promise<LookedUp> {
  const { objects, prefix, there } = publication;
  const listed = new Map(there);
  const wanted = objects.filter(({ key }) => key.startsWith(prefix) && !there.has(key));
  let last: string | undefined;
  let count = 0;
  if (wanted.length > 0) {
    for await (const object of store.list(prefix)) {
      listed.set(object.key, object);
      count += 1;
      if (count === wanted.length * perPage) {
        last = object.key;
        break;
      }
    }
  }
  const found = new Set<string>();
  const isBehind = (key: string) => last !== undefined && key.startsWith(prefix) && compareKeys(key, last) > 0;
  await mapInParallel(objects, beside, async (object) => {
    if (await isThere(store, object, listed.get(object.key), isBehind(object.key))) found.add(object.key);
  });
  return { found, mayHave: (key) => wanted.length === 0 || listed.has(key) || isBehind(key) };
}

async function isThere(
  store: ObjectStore,
  object: PublishedObject,
  listed: StoredObject | undefined,
  isBehind: boolean,
): Promise<boolean> {
  if (listed === undefined && !isBehind) return false;
  const isKnown = listed !== undefined && isSame(object, listed);
  if (isKnown !== undefined && listed !== undefined) return isKnown;
  const found = await store.head(object.key);
  return found !== undefined && isSame(object, found) === true;
}

/** Compares an object with what is there; undefined: the store did not say enough. */
function isSame(object: PublishedObject, { size, md5, sha256 }: StoredObject): boolean | undefined {
  if (size !== object.size) return false;
  if (sha256 !== undefined) return sha256 === object.sha256;
  if (object.isAddressed) return true;
  return md5 !== undefined && object.md5 !== undefined ? md5 === object.md5 : undefined;
}
