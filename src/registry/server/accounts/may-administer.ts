import type { Rules } from '../store.js';

/**
 * Returns true for an account that may collect garbage and check content. Where there are accounts each may, as it may
 * delete; without accounts everybody may where deletes are allowed.
 * @param account undefined: there are none
 */
export function mayAdminister(account: string | undefined, { deletes }: Rules): boolean {
  return account !== undefined || deletes;
}
