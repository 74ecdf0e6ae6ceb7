import { type StartWindow, startWindow } from '../../schemas/jobs.js';

const minute = 60_000;
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
/** Days that are looked through for the next opening: two weeks, as a change of the clock may leave a day out. */
const daysAhead = 15;

/** Returns the first time from now at which the window of a schedule is open, as the database has it. */
export function openingOf({ window, zone }: { readonly window: string; readonly zone: string }, now: number): number {
  return nextOpening(startWindow.parse(JSON.parse(window)), zone, now);
}

/** Returns the first time from now at which a window is open: now, where it is. */
export function nextOpening(window: StartWindow, zone: string, now: number): number {
  const start = Math.floor(now / minute) * minute;
  for (let at = start; at <= start + daysAhead * 1440 * minute; at += minute) {
    if (isOpen(window, zone, at)) return Math.max(at, now);
  }
  return now; // A window that never opens is refused by its schema.
}

function isOpen({ days: begins, from, to }: StartWindow, zone: string, at: number): boolean {
  const { day, clock } = partsOf(zone, at);
  const today = days[day] ?? 'sun';
  const yesterday = days[(day + 6) % 7] ?? 'sun';
  if (from < to) return begins.includes(today) && clock >= from && clock < to;
  return (begins.includes(today) && clock >= from) || (begins.includes(yesterday) && clock < to);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(zone: string, at: number): { readonly day: number; readonly clock: string } {
  const known = formats.get(zone);
  const format =
    known ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  formats.set(zone, format);
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = (days as readonly string[]).indexOf(parts.get('weekday')?.toLowerCase() ?? '');
  return { day, clock: `${parts.get('hour')}:${parts.get('minute')}` };
}
