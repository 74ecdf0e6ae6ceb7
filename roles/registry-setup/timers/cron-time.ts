/** Fields of crontab(5). */
export interface CronTime {
  readonly minute: string;
  readonly hour: string;
  readonly day: string;
  readonly month: string;
  readonly weekday: string;
}

const always = { day: '*', month: '*', weekday: '*' };
const midnight = { minute: '0', hour: '0', ...always };

/** Times by name (systemd.time(7), "Calendar Events"). */
const named: Readonly<Record<string, CronTime>> = {
  hourly: { minute: '0', hour: '*', ...always },
  daily: midnight,
  weekly: { ...midnight, weekday: 'mon' },
  monthly: { ...midnight, day: '1' },
  quarterly: { ...midnight, day: '1', month: '1,4,7,10' },
  semiannually: { ...midnight, day: '1', month: '1,7' },
  yearly: { ...midnight, day: '1', month: '1' },
  annually: { ...midnight, day: '1', month: '1' },
};

/**
 * Returns a time of systemd.time(7) as cron has it: `daily`, `Sun 03:00`, `Mon..Fri *-*-* 01:30:00`, `*-*-1,15 02:00`,
 * `0/6:00`. Undefined for one that cron can't express: seconds, years, time zones, a weekday with a date.
 */
export function cronTime(schedule: string): CronTime | undefined {
  const words = schedule.trim().toLowerCase().split(/\s+/);
  const [only = ''] = words;
  if (words.length === 1 && named[only] !== undefined) return named[only];
  const days = /^[a-z]/.test(only) ? weekdays(words.shift() ?? '') : '*';
  const date = /^\*-/.test(words[0] ?? '') ? datesOf(words.shift() ?? '') : { month: '*', day: '*' };
  const time = words.length === 0 ? { hour: '0', minute: '0' } : timeOf(words.shift() ?? '');
  if (words.length > 0 || days === undefined || date === undefined || time === undefined) return undefined;
  // cron runs on either of them where both are given, systemd where both fit.
  if (days !== '*' && date.day !== '*') return undefined;
  return { ...time, ...date, weekday: days };
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function weekdays(text: string): string | undefined {
  const parts = text.split(',').map((part) => {
    const ends = part.split('..').map((word) => dayNames.find((name) => isDay(word, name)));
    return ends.length > 2 || ends.includes(undefined) ? undefined : ends.join('-');
  });
  // A range may not end before it begins, and Sunday is its 0.
  const joined = parts.includes(undefined) ? undefined : parts.join(',').replaceAll('-sun', '-7');
  return joined?.replace(/\b([a-z]{3})-7\b/g, (_, from: string) => `${dayNames.indexOf(from)}-7`);
}

function isDay(word: string, name: string): boolean {
  return word === name || (word.startsWith(name) && word.endsWith('day') && word.length <= 'wednesday'.length);
}

function datesOf(text: string): { month: string; day: string } | undefined {
  const [, month, day] = /^\*-([^-]+)-([^-]+)$/.exec(text) ?? [];
  const [months, days] = [fieldOf(month, 12), fieldOf(day, 31)];
  return months === undefined || days === undefined ? undefined : { month: months, day: days };
}

function timeOf(text: string): { hour: string; minute: string } | undefined {
  const [, hour, minute] = /^([^:]+):([^:]+)(?::00?)?$/.exec(text) ?? [];
  const [hours, minutes] = [fieldOf(hour, 23), fieldOf(minute, 59)];
  return hours === undefined || minutes === undefined ? undefined : { hour: hours, minute: minutes };
}

/** Returns a field: `*`, numbers, ranges (`1..5`), steps (`0/6`). */
function fieldOf(text: string | undefined, most: number): string | undefined {
  const parts = text?.split(',').map((part) => {
    if (part === '*') return part;
    const [, from, to, step] = /^(\d+|\*)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(part) ?? [];
    if (from === undefined || [from, to ?? 0].some((each) => Number(each) > most) || step === '0') return undefined;
    const start = from === '*' ? from : String(Number(from));
    if (step === undefined) return to === undefined ? start : `${start}-${Number(to)}`;
    return `${from === '*' ? '*' : `${start}-${to === undefined ? most : Number(to)}`}/${Number(step)}`;
  });
  return parts === undefined || parts.includes(undefined) ? undefined : parts.join(',');
}
