const begun = performance.now();

/** Prints a line with the seconds since the lab's command began. */
export function say(line: string): void {
  process.stderr.write(`[${seconds(performance.now() - begun).padStart(6)}] ${line}\n`);
}

/** Does something that takes a while, and says when it begins, how it ends, and how long it took. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  say(`${title} ...`);
  try {
    const result = await work();
    say(`${title}: ${seconds(performance.now() - start)}`);
    return result;
  } catch (error) {
    say(`${title}: failed after ${seconds(performance.now() - start)}`);
    throw error;
  }
}

/** Milliseconds between two lines about something that is still awaited. */
const reportEvery = 30_000;

/**
 * Asks every 100 ms until the answer is true; after the deadline an error with what was awaited, and why it is not so.
 * With `report`, a line is printed every 30 s meanwhile; what it gives is added to the line.
 */
export async function until(
  what: string,
  deadline: number,
  ask: () => Promise<boolean>,
  { why = () => '', report }: { why?: () => string; report?: () => Promise<string> } = {},
): Promise<void> {
  const start = performance.now();
  let reported = start;
  while (!(await ask())) {
    const now = performance.now();
    if (now > start + deadline) throw new Error(`${what}: not within ${seconds(deadline)}. ${why()}`.trim());
    if (report !== undefined && now > reported + reportEvery) {
      say(`still waiting for ${what}, ${seconds(now - start)} of at most ${seconds(deadline)}; ${await report()}`);
      reported = now;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)}s`;
}
