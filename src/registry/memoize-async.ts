/** Memoizes an async lookup by key. A lookup that failed is forgotten, so that the next caller tries again. */
export function memoizeAsync<K, T>(known: Map<K, Promise<T>>, key: K, load: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const loading = load();
  known.set(key, loading);
  loading.catch(() => known.delete(key)); // The caller gets the error from the promise itself.
  return loading;
}
