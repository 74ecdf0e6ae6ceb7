/** Works on the items in order, on at most `limit` of them at a time; resolves when all are done. The work must not throw. */
export async function inParallel<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    // One iterator for all: each takes the next item.
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, worker));
}

/**
 * Works on the items as {@link inParallel}, and returns the results in their order. After the first error none is begun, and those
 * that are under way end.
 * @throws the first error
 */
export async function mapInParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const errors: unknown[] = [];
  await inParallel([...items.entries()], limit, async ([at, item]) => {
    if (errors.length > 0) return;
    try {
      results[at] = await work(item);
    } catch (error) {
      errors.push(error);
    }
  });
  if (errors.length > 0) throw errors[0];
  return results;
}
