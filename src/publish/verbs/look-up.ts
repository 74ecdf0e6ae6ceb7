import { inParallelUntilError } from '../../text/in-parallel.js';
import type { Publication, PublishedObject } from '../layouts/publication.js';
import { compareKeys } from '../stores/object-key.js';
import type { ObjectStore, StoredObject } from '../stores/object-store.js';
import { noteKey } from './withdrawal-note.js';

/** Keys that one page of a listing has. */
const perPage = 1000;
const beside = 8;

/** Objects of a publication that are there. */
export interface FoundObjects {
  readonly keys: ReadonlySet<string>;
  /** false: no withdrawal is under way, or was interrupted. */
  readonly mayBeWithdrawn: boolean;
}

/**
 * Finds out which objects of a publication are there, with the fewest requests: pages of a listing have up to a thousand keys, with
 * sizes and MD5s. A listing that has more pages than there are objects is left, and those behind are asked for one by one.
 */
export async function lookUp(store: ObjectStore, publication: Publication): Promise<FoundObjects> {
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
  await inParallelUntilError(objects, beside, async (object) => {
    const isBehind = last !== undefined && object.key.startsWith(prefix) && compareKeys(object.key, last) > 0;
    if (await isThere(store, object, listed.get(object.key), isBehind)) found.add(object.key);
  });
  return { keys: found, mayBeWithdrawn: last !== undefined || listed.has(noteKey(publication.folder)) };
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
