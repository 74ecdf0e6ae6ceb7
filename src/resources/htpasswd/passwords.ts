/*
 * bcrypt is slow on purpose (50 ms and more): what a run has found out once it knows, whatever host asks next.
 */
const found = new Map<string, Promise<boolean>>();
const made = new Map<string, Promise<string>>();

/** Tells whether a hash was made of a password. */
export function isPasswordOf(hash: string, password: string): Promise<boolean> {
  return memoize(found, [hash, password], async () => {
    const { compare } = await import('bcryptjs');
    // Apache's name for the same thing.
    return compare(password, hash.replace(/^\$2y\$/, '$2b$'));
  });
}

/** Hashes an account's password; the hash is the same on all hosts of a run, so that it is also verified once. */
export function hashOf(user: string, password: string, cost: number): Promise<string> {
  return memoize(made, [user, password, String(cost)], async () => {
    const { hash } = await import('bcryptjs');
    return hash(password, cost);
  });
}

function memoize<Result>(
  known: Map<string, Promise<Result>>,
  question: readonly string[],
  answer: () => Promise<Result>,
): Promise<Result> {
  const key = JSON.stringify(question);
  const result = known.get(key) ?? answer();
  known.set(key, result);
  return result;
}
