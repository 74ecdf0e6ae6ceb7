import { checkKey } from './object-key.js';
import type { ObjectStore } from './object-store.js';

/** Store, and the address below which redirect files have its objects. */
export interface ServedStore {
  readonly store: ObjectStore;
  /** `https://images.example.com/`: an object is at this address and its key. */
  readonly url: string;
}

/** Returns true for the address of a folder that lies in a store. */
export function isInStore(served: ServedStore, address: string): boolean {
  return `${address}/`.startsWith(baseOf(served));
}

/**
 * Returns the key of an object by its address, or by that of its folder and the path below.
 * @param path decoded, unlike the address
 * @returns undefined where it lies in no part of the store, or can't be a key
 */
export function keyAt(served: ServedStore, address: string, path = ''): string | undefined {
  const base = baseOf(served);
  const whole = path === '' || address.endsWith('/') ? address : `${address}/`;
  if (!whole.startsWith(base)) return undefined;
  try {
    const key = `${decodeURIComponent(whole.slice(base.length))}${path}`;
    checkKey(key);
    return key;
  } catch {
    return undefined;
  }
}

function baseOf({ url }: ServedStore): string {
  return url.endsWith('/') ? url : `${url}/`;
}
