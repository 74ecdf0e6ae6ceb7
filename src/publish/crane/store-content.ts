import { isDigest } from '../../registry/digest.js';
import { BoundedMap } from '../../registry/server/bounded-map.js';
import type { ManifestRedirect } from '../redirects/redirect.js';
import type { ObjectStore } from '../stores/object-store.js';
import { largestManifest } from './folder-content.js';
import type { ManifestContent } from './parts.js';

/** Store, and the address below which clients have its objects. */
export interface ServedStore {
  readonly store: ObjectStore;
  /** `https://images.example.com/`: an object is at this address and its key. */
  readonly url: string;
}

/** Bytes of manifests that are kept in memory. */
const mostKept = 64 << 20;

/** Makes the manifests of a store. What has a digest for its name is read once, as it never changes. */
export function storeContent({ store, url }: ServedStore): ManifestContent {
  const kept = new BoundedMap<string, Buffer>(mostKept, ({ length }) => length + 200);
  const base = url.endsWith('/') ? url : `${url}/`;
  return {
    async read(repository, path) {
      const key = keyOf(base, repository, path);
      if (key === undefined) return undefined;
      const found = kept.get(key);
      if (found !== undefined) return found;
      const bytes = await store.read(key, largestManifest);
      const isLasting = isDigest(path.slice(path.lastIndexOf('/') + 1));
      if (bytes !== undefined && isLasting) kept.set(key, bytes);
      return bytes;
    },
    async blobSize(repository, path) {
      const key = keyOf(base, repository, path);
      return key === undefined ? undefined : (await store.head(key))?.size;
    },
  };
}

/** Returns the key of what is below the address of a repository; undefined where that lies in no part of the store. */
function keyOf(base: string, { url }: ManifestRedirect, path: string): string | undefined {
  const address = url.endsWith('/') ? url : `${url}/`;
  if (!address.startsWith(base)) return undefined;
  try {
    return `${decodeURIComponent(address.slice(base.length))}${path}`;
  } catch {
    return undefined;
  }
}
