import { costOf, type Hashes } from './htpasswd.js';

/** Compares a password with a hash of bcrypt. */
export type Compare = (password: string, hash: string) => Promise<boolean>;

/** The cost where a file has no account. */
const usualCost = 10;

/**
 * Checks a password with the same work for any user, known or not, and any cost of the user's own hash: that of the
 * file's highest. The time tells nobody who has an account. A hash of cost c takes 2^c steps. With one of each cost
 * from c to below the highest behind it, that makes 2^highest.
 */
export async function checkPassword(
  hashes: Hashes,
  name: string,
  password: string,
  compare: Compare,
): Promise<boolean> {
  const highest = highestCost(hashes);
  const hash = hashes.get(name);
  if (hash === undefined) {
    await compare(password, dummyHash(highest));
    return false;
  }
  // htpasswd writes 2y, which is 2b under another name.
  if (await compare(password, hash.replace(/^\$2y\$/, '$2b$'))) return true;
  for (let cost = costOf(hash); cost < highest; cost += 1) await compare(password, dummyHash(cost));
  return false;
}

const highestOf = new WeakMap<Hashes, number>();

function highestCost(hashes: Hashes): number {
  const known = highestOf.get(hashes);
  if (known !== undefined) return known;
  let highest = hashes.size === 0 ? usualCost : 0;
  for (const hash of hashes.values()) highest = Math.max(highest, costOf(hash));
  highestOf.set(hashes, highest);
  return highest;
}

/** Returns a hash of a password that nobody knows. */
function dummyHash(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$CwTycUXWue0Thq9StjUM0uJ8iHqPQbPyLMFxlT9PPy2BcDf5E2C9W`;
}
