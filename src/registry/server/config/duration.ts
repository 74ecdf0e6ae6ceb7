const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3600_000,
};

/** Returns the milliseconds of a time as Go writes it, `500ms` or `1m30s`, at most a day; undefined for what is none. */
export function durationOf(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let milliseconds = 0;
  for (const [, number, unit = ''] of text.matchAll(/([\d.]+)([a-zµ]+)/g))
    milliseconds += Number(number) * (units[unit] ?? 0);
  return milliseconds > 24 * 3600_000 ? undefined : milliseconds;
}

/** Returns the seconds of a time: `7d`, `2w`, or as Go writes it, `168h`, `1h30m`; undefined for what is none. */
export function longDurationOf(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h|d|w))+$/.test(text)) return text === '0' ? 0 : undefined;
  let milliseconds = 0;
  for (const [, number, unit = ''] of text.matchAll(/([\d.]+)([a-zµ]+)/g))
    milliseconds += Number(number) * (longUnits[unit] ?? units[unit] ?? 0);
  return Math.round(milliseconds / 1000);
}

const longUnits: Readonly<Record<string, number>> = { d: 24 * 3600_000, w: 7 * 24 * 3600_000 };
