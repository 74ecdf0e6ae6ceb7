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
