import type { LinkSigner } from '../links/link-signer.js';
import { keyAt, type ServedStore } from './served-store.js';

/**
 * Makes a signer by the store itself: presigned addresses, at the service of the store. They are good for GET alone, as S3
 * signs the method. What lies elsewhere, or in a store that can't sign, stays as it is.
 */
export function storeLinks(served: ServedStore): LinkSigner {
  const { store } = served;
  return {
    sign(url, until) {
      const key = keyAt(served, url);
      return key === undefined ? url : (store.presign?.(key, new Date(until * 1000)) ?? url);
    },
  };
}
