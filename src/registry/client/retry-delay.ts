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

/**
 * Milliseconds for which no request should be sent, from RateLimit-Remaining and RateLimit-Reset (IETF draft
 * ratelimit-headers; Docker Hub writes `76;w=21600` and no reset): nothing while some remain, or where nobody says when
 * there will be more.
 */
export function quotaPause(remaining: string | undefined, reset: string | undefined): number | undefined {
  if (remaining === undefined || reset === undefined) return undefined;
  const left = Number.parseInt(remaining, 10);
  const seconds = Number.parseInt(reset, 10);
  return left === 0 && seconds > 0 ? seconds * 1000 : undefined;
}
