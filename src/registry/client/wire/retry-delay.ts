/** Milliseconds that Retry-After asks for (RFC 9110, 10.2.3): seconds or a date; nothing when there is none to read. */
export function retryAfter(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Milliseconds before the n-th retry (from 1): 0.2 s, doubled each time up to 15 s, less up to a half at random. */
export function backOff(retry: number, random: () => number = Math.random): number {
  const full = Math.min(15_000, 200 * 2 ** (retry - 1));
  return full * (1 - random() / 2);
}
