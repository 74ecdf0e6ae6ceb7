import { isDigest } from '../../registry/digest.js';
import { isTag } from '../../registry/names.js';
import { BoundedMap } from '../../registry/server/bounded-map.js';
import { isInStore, keyAt, type ServedStore } from '../stores/served-store.js';
import { largestManifest } from './folder-content.js';
import type { StoreContent } from './parts.js';

/**
 * Makes the manifests of a store. What has a digest for its name is read once, as it never changes.
 * @param mostKept bytes of manifests that are kept in memory
 */
export function storeContent(served: ServedStore, mostKept = 64 << 20): StoreContent {
  const { store } = served;
  const kept = new BoundedMap<string, Buffer>(mostKept, ({ length }) => length + 200);
  return {
    has: ({ url }) => isInStore(served, url),
    async read({ url }, path) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const isLasting = isDigest(name);
      const key = isLasting || isTag(name) ? keyAt(served, url, path) : undefined;
      if (key === undefined) return undefined;
      const found = kept.get(key);
      if (found !== undefined) return found;
      const bytes = await store.read(key, largestManifest);
      if (bytes !== undefined && isLasting) kept.set(key, bytes);
      return bytes;
    },
    async sizeOf({ url }, path) {
      const key = keyAt(served, url, path);
      return key === undefined ? undefined : (await store.head(key))?.size;
    },
  };
}
