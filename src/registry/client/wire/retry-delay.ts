import type { IncomingHttpHeaders } from 'node:http';

/**
 * Milliseconds that Retry-After asks for (RFC 9110, 10.2.3): seconds, or a date, which is of the server's clock; nothing
 * when there is none to read.
 */
export function retryAfter(headers: IncomingHttpHeaders): number | undefined {
  const text = headers['retry-after']?.trim() ?? '';
  const seconds = /^(\d+(?:\.\d+)?)(?:\s*s|\s*,.*)?$/.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1000;
  const date = /^[A-Z][a-z]{2}|^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - (Date.parse(headers.date ?? '') || Date.now()));
}

/** Milliseconds before the n-th retry (from 1): 0.2 s, doubled each time up to 15 s, less up to a half at random. */
export function backOff(retry: number, random: () => number = Math.random): number {
  const full = Math.min(15_000, 200 * 2 ** (retry - 1));
  return full * (1 - random() / 2);
}
