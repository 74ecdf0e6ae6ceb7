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

/** Long work in pieces: it yields where everything else may have its turn. */
export type Pieces<T> = Generator<undefined, T, undefined>;

/** Does all pieces of some work, one right after another. */
export function atOnce<T>(pieces: Pieces<T>): T {
  for (;;) {
    const { done, value } = pieces.next();
    if (done === true) return value;
  }
}

/** Does all pieces of some work, and lets everything else have its turn now and then. */
export async function inTurns<T>(pieces: Pieces<T>): Promise<T> {
  const breathe = breather();
  for (;;) {
    const { done, value } = pieces.next();
    if (done === true) return value;
    await breathe();
  }
}
