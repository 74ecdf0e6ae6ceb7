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
 * Reads RateLimit-Limit, -Remaining and -Reset (IETF draft ratelimit-headers, up to its third version): numbers, of which
 * the first counts, with the seconds of a window behind them; or RateLimit, where later versions have all of it. GitLab has
 * a Unix time for Reset, which is seen by its size, others one in milliseconds or a date: they are of the server's clock.
 * Docker Hub writes `76;w=21600`, and no reset: its window slides. GitHub and gateways have the names of before the draft:
 * X-RateLimit-Remaining, or X-Rate-Limit-Remaining.
 */
export function quotaOf(headers: IncomingHttpHeaders, now = dateOf(headers)): Quota | undefined {
  const joined = [headers.ratelimit].flat()[0];
  const remaining = first(named(headers, 'remaining') ?? member(joined, 'remaining', 'r'));
  if (remaining === undefined) return undefined;
  const limit = first(named(headers, 'limit') ?? member(joined, 'limit'));
  const reset = named(headers, 'reset') ?? named(headers, 'reset-after') ?? member(joined, 'reset', 't');
  const window = limit?.window ?? remaining.window;
  const size = [
    ...(limit === undefined ? [] : [limit.number]),
    ...(window === undefined ? [] : [`in ${formatDuration(window)}`]),
  ];
  return {
    left: remaining.number,
    reset: reset === undefined ? undefined : untilReset(reset, now),
    size: size.length === 0 ? undefined : size.join(' '),
  };
}

/** Names of these headers, the draft's before older ones. */
const prefixes = ['ratelimit-', 'x-ratelimit-', 'x-rate-limit-'];

function named(headers: IncomingHttpHeaders, field: string): string | undefined {
  const values = prefixes.map((prefix) => [headers[`${prefix}${field}`]].flat()[0]);
  return values.find((value) => value !== undefined && value.trim() !== '');
}

/** Seconds, and milliseconds, that are a time, and no wait: 2001-09-09. */
const [leastTime, leastFineTime] = [1e9, 1e12];

function untilReset(text: string, now: number): number | undefined {
  const written = text.trim().replace(/^"(.*)"$/, '$1');
  if (/[a-z]{3}|\dT\d/i.test(written)) {
    const date = Date.parse(written);
    return Number.isNaN(date) ? undefined : Math.max(1000, date - now);
  }
  const reset = first(written)?.number ?? 0;
  if (reset === 0) return undefined;
  if (reset < leastTime) return reset * 1000;
  return Math.max(1000, (reset < leastFineTime ? reset * 1000 : reset) - now);
}

/** Returns the time of an answer by its server's clock; by that of this machine where it names none. */
function dateOf({ date = '' }: IncomingHttpHeaders): number {
  return Date.parse(date) || Date.now();
}

/** Returns a member of `limit=100, remaining=5, reset=30`, or a parameter of `"default";r=5;t=30`. */
function member(text: string | undefined, ...names: readonly string[]): string | undefined {
  return new RegExp(`(?:^|[,;])\\s*(?:${names.join('|')})\\s*=\\s*(\\d+)`, 'i').exec(text ?? '')?.[1];
}

function first(header: string | undefined): { number: number; window: number | undefined } | undefined {
  const [, number, window] = /^\s*(\d+)(?:\s*;\s*w=(\d+))?/.exec(header ?? '') ?? [];
  return number === undefined
    ? undefined
    : { number: Number(number), window: window === undefined ? undefined : Number(window) };
}
