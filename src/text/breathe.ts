/** Milliseconds for which work may keep everything else waiting: signals, timers, output. */
const longest = 50;

/**
 * Returns a function to be awaited between two pieces of long work. Now and then it lets everything else have its turn;
 * mostly it returns at once.
 */
export function breather(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < longest) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        since = performance.now();
        resolve();
      }),
    );
  };
}
