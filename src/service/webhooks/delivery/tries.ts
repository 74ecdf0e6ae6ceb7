const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Milliseconds before each try; the first is made at once. */
export const tryDelays = [0, 5 * second, 30 * second, 5 * minute, 30 * minute, 2 * hour, 8 * hour, 24 * hour];

/** Part of a delay that is added to it at most, by chance. */
const jitter = 0.2;
/** Milliseconds that a receiver may have it wait (`Retry-After`). */
const longestWait = 24 * hour;

/** Milliseconds of failure after which a webhook is disabled. */
export const longestFailure = 72 * hour;

/**
 * Returns the time of the next try; undefined: there is none.
 * @param done number of tries until now
 * @param retryAfter header of the last answer
 * @param chance from 0 to 1
 */
export function nextTry(done: number, retryAfter: string | undefined, now: number, chance: number): number | undefined {
  const delay = tryDelays[done];
  if (delay === undefined) return undefined;
  return now + Math.max(delay * (1 + jitter * chance), waitOf(retryAfter, now));
}

/** Reads `Retry-After` (RFC 9110: seconds, or a date), as milliseconds from now on; 0: it says nothing. */
function waitOf(text: string | undefined, now: number): number {
  if (text === undefined) return 0;
  const seconds = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) * second : Date.parse(text) - now;
  return Number.isNaN(seconds) ? 0 : Math.min(Math.max(0, seconds), longestWait);
}
