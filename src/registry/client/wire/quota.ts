import type { IncomingHttpHeaders } from 'node:http';
import { formatDuration } from '../../../text/format-duration.js';

/** Quota of a registry, as an answer states it. */
export interface Quota {
  readonly left: number;
  /** Milliseconds until there is more; nothing where the registry doesn't say. */
  readonly reset: number | undefined;
  /** In words: `100 in 6 h`; nothing where the registry doesn't say. */
  readonly size: string | undefined;
}

/**
 * Reads RateLimit-Limit, -Remaining and -Reset (IETF draft ratelimit-headers): numbers, of which the first counts, with
 * the seconds of a window behind them. GitLab has a Unix time for Reset, which is seen by its size. Docker Hub writes `76;w=21600`, and no reset: its window slides.
 */
export function quotaOf(headers: IncomingHttpHeaders, now = Date.now()): Quota | undefined {
  const remaining = first(headers['ratelimit-remaining']);
  if (remaining === undefined) return undefined;
  const limit = first(headers['ratelimit-limit']);
  const reset = first(headers['ratelimit-reset'])?.number;
  const window = limit?.window ?? remaining.window;
  const size = [
    ...(limit === undefined ? [] : [limit.number]),
    ...(window === undefined ? [] : [`in ${formatDuration(window)}`]),
  ];
  return {
    left: remaining.number,
    reset: reset === undefined || reset === 0 ? undefined : untilReset(reset, now),
    size: size.length === 0 ? undefined : size.join(' '),
  };
}

/** Seconds that are a time, and no wait: 2001-09-09. */
const leastTime = 1e9;

function untilReset(reset: number, now: number): number {
  return reset < leastTime ? reset * 1000 : Math.max(1000, reset * 1000 - now);
}

function first(header: string | string[] | undefined): { number: number; window: number | undefined } | undefined {
  const [, number, window] = /^\s*(\d+)(?:\s*;\s*w=(\d+))?/.exec([header].flat()[0] ?? '') ?? [];
  return number === undefined
    ? undefined
    : { number: Number(number), window: window === undefined ? undefined : Number(window) };
}
