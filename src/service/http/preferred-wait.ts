/** Seconds that a request waits at most. */
const most = 60;

/** Returns the seconds for which a request prefers to wait (RFC 7240: `Prefer: wait=30`), at most 60; 0: not at all. */
export function preferredWait(header: string | string[] | undefined): number {
  const text = [header].flat().join(',');
  const found = /(?:^|,|;)\s*wait\s*=\s*(\d{1,6})\s*(?=,|;|$)/i.exec(text)?.[1];
  return found === undefined ? 0 : Math.min(most, Number(found));
}
