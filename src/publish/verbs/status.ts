import type { Publication } from '../layouts/publication.js';
import type { Redirect } from '../redirects/redirect.js';
import type { ObjectStore, StoredObject } from '../stores/object-store.js';
import { noteKey } from './withdrawal-note.js';

/** Key and its bytes. */
export interface SizedKey {
  readonly key: string;
  readonly size: number;
}

/** Differences between a source, a store and a redirect file. */
export interface PublicationStatus {
  /** Objects of the source that the store has, by their size. */
  readonly published: readonly SizedKey[];
  /** Objects of the source that the store lacks. */
  readonly missing: readonly SizedKey[];
  /** Objects that the store has in another size; the size is the store's. */
  readonly different: readonly SizedKey[];
  /** Objects of the store that the source lacks: of earlier publications. */
  readonly besides: readonly SizedKey[];
  /** Keys that the redirect file names and the store lacks. */
  readonly dangling: readonly string[];
  /** Objects that the redirect file should name, and doesn't. */
  readonly unnamed: readonly SizedKey[];
  /** Objects that a withdrawal left which did not end. They are not among those of earlier publications. */
  readonly left: readonly SizedKey[];
}

/**
 * Compares what a source has, what a store has and what a redirect file says, by one listing.
 * @param publication undefined: the source is not known, and all of the store counts as published
 * @param folder beginning of the keys of all its objects, with a slash
 * @param left what a withdrawal left which did not end
 */
export async function publicationStatus(
  store: ObjectStore,
  publication: Pick<Publication, 'objects'> | undefined,
  folder: string,
  redirect?: Redirect,
  left: readonly SizedKey[] = [],
): Promise<PublicationStatus> {
  const there = new Map<string, StoredObject>();
  for await (const object of store.list(folder)) there.set(object.key, object);
  there.delete(noteKey(folder));
  const leftKeys = new Set(left.map(({ key }) => key));
  const objects: readonly SizedKey[] =
    publication?.objects ?? [...there.values()].filter(({ key }) => !leftKeys.has(key));
  const own = objects.filter(({ key }) => key.startsWith(folder));
  const named = redirect === undefined ? undefined : namedKeys(redirect, folder);
  const ownKeys = new Set(own.map(({ key }) => key));
  const sizes = (some: readonly SizedKey[]) => some.map(({ key, size }) => ({ key, size }));
  const inStore = own.flatMap(({ key }) => there.get(key) ?? []);
  const sizeOf = new Map(own.map(({ key, size }) => [key, size]));
  return {
    published: sizes(inStore.filter(({ key, size }) => sizeOf.get(key) === size)),
    missing: sizes(own.filter(({ key }) => !there.has(key))),
    different: sizes(inStore.filter(({ key, size }) => sizeOf.get(key) !== size)),
    besides: sizes([...there.values()].filter(({ key }) => !ownKeys.has(key) && !leftKeys.has(key))),
    dangling: [...(named ?? [])].filter((key) => !there.has(key)).sort(),
    unnamed:
      named === undefined
        ? []
        : sizes(
            [...there.values()].filter(({ key }) => isNamable(key, folder) && !named.has(key) && !leftKeys.has(key)),
          ),
    left: sizes(left),
  };
}

/** Returns true for a key that a redirect file names: a manifest, or the ancestry that stands for an image of v1. */
function isNamable(key: string, folder: string): boolean {
  const rest = key.slice(folder.length);
  return rest.startsWith('manifests/') || rest.endsWith('/ancestry');
}

/** Lists the keys that a redirect file leads to. Version 2 names none. */
function namedKeys(redirect: Redirect, folder: string): Set<string> | undefined {
  if (redirect.version === 1) return new Set(redirect.images.map((id) => `${folder}${id}/ancestry`));
  if (redirect.version === 2) return undefined;
  return new Set([
    ...redirect.schema2.map((reference) => `${folder}manifests/2/${reference}`),
    ...redirect.lists.map((reference) => `${folder}manifests/list/${reference}`),
  ]);
}
