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
 * Works as {@link inParallel} on work that may throw. After the first error none is begun, and what is under way ends.
 * @throws the first error
 */
export async function inParallelUntilError<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  await inParallel(items, limit, async (item) => {
    try {
      if (errors.length === 0) await work(item);
    } catch (error) {
      errors.push(error);
    }
  });
  if (errors.length > 0) throw errors[0];
}
