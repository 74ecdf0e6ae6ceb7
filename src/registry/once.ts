/** What was asked for before is not asked for again; what failed is, by the next who asks. */
export function once<K, T>(held: Map<K, Promise<T>>, key: K, ask: () => Promise<T>): Promise<T> {
  const before = held.get(key);
  if (before !== undefined) return before;
  const asked = ask();
  held.set(key, asked);
  asked.catch(() => held.delete(key)); // This one is told.
  return asked;
}
