import { z } from 'zod';
import { backup, needs } from '../../path/path-params.js';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const oneLine = /^[^\S\n\r]*\S[^\n\r]*$/;

/** Returns the schema of a field of crontab(5): `*`, `5`, `1-5`, with a step, several with commas. */
function field(what: string, from: number, to: number, names: readonly string[] = []) {
  const example = names.length > 0 ? `, ${names[0]} to ${names.at(-1)}` : '';
  const number = (word: string) => {
    const index = names.indexOf(word.toLowerCase());
    return index >= 0 ? index + (names === months ? 1 : 0) : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  const inRange = (word: string) => number(word) >= from && number(word) <= to;
  const isPart = (part: string) => {
    const [, range = '', step = '1'] = /^(\*|\w+(?:-\w+)?)(?:\/(\d+))?$/.exec(part) ?? [];
    return Number(step) >= 1 && (range === '*' || (range !== '' && range.split('-').every(inRange)));
  };
  return z
    .union([z.string(), z.int()])
    .transform(String)
    .refine((text) => text.split(',').every(isPart), {
      error: `must be * or ${from} to ${to}${example}; with ranges 1-5, steps */2, and commas`,
    })
    .default('*')
    .describe(what);
}

export const cronParams = z
  .strictObject({
    name: z
      .string()
      .regex(oneLine, { error: 'must be one line' })
      .describe('Name of the entry, a comment above it; with `env`, the name of the variable'),
    job: z
      .string()
      .regex(oneLine, { error: 'must be one line' })
      .optional()
      .describe('Command, which cron gives to a shell (a `%` has to be written `\\%`); with `env`, the value'),
    minute: field('Minute of the hour', 0, 59),
    hour: field('Hour of the day', 0, 23),
    day: field('Day of the month', 1, 31),
    month: field('Month of the year', 1, 12, months),
    weekday: field('Day of the week; 0 and 7 are Sunday', 0, 7, days),
    special_time: z
      .enum(['reboot', 'yearly', 'annually', 'monthly', 'weekly', 'daily', 'hourly'])
      .optional()
      .describe('Schedule by name instead of the five fields: at the start of the host, once a year, …'),
    user: z
      .string()
      .regex(/^[A-Za-z0-9_][\w.-]*\$?$/, { error: 'is not a name of a user' })
      .default('root')
      .describe('User that it runs as'),
    cron_file: z
      .string()
      .regex(/^[A-Za-z0-9_-]+$/, {
        error: 'must be the name of a file in /etc/cron.d: letters, digits, _ and - (others are ignored by cron)',
      })
      .default('provision')
      .describe('File in /etc/cron.d; several entries may share one'),
    crontab: z.boolean().default(false).describe("Use the user's own crontab (`crontab -e`) instead of /etc/cron.d"),
    env: z.boolean().default(false).describe('Set a variable for the jobs of the same file instead of a job'),
    disabled: z.boolean().default(false).describe('Keep the entry as a comment'),
    state: z.enum(['present', 'absent']).default('present').describe('`absent` removes it'),
    backup,
    needs,
  })
  .refine(({ state, job }) => state === 'absent' || job !== undefined, { error: 'job is missing', path: ['job'] })
  .refine(
    ({ special_time, minute, hour, day, month, weekday }) =>
      special_time === undefined || [minute, hour, day, month, weekday].every((each) => each === '*'),
    { error: 'special_time cannot be used with minute, hour, day, month or weekday', path: ['special_time'] },
  )
  .refine(({ env, name }) => !env || /^[A-Za-z_]\w*$/.test(name), {
    error: 'must be the name of a variable',
    path: ['name'],
  })
  .refine(({ env, job = '' }) => !env || quoteValue(job) !== undefined, {
    error:
      'has both kinds of quotes, and begins with one or with a blank, or ends with a blank: cron has no way to write that. Set the variable in a script that the job runs',
    path: ['job'],
  });

export type CronParams = z.output<typeof cronParams>;

/** Formats the line of a crontab. Those in /etc/cron.d name the user. */
export function cronLine(params: CronParams): string | undefined {
  const { state, job = '', env, name, special_time, minute, hour, day, month, weekday, user, crontab } = params;
  if (state === 'absent') return undefined;
  const when = special_time === undefined ? [minute, hour, day, month, weekday].join(' ') : `@${special_time}`;
  const line = env ? `${name}=${quoteValue(job)}` : [when, ...(crontab ? [] : [user]), job].join(' ');
  return params.disabled ? `#${line}` : line;
}

/**
 * Quotes a value by crontab(5): a quote ends at the next of its kind, without escapes, and nothing may follow. Without
 * quotes around it the value is the rest of the line, quotes within it as they are. Undefined where neither will do.
 */
function quoteValue(value: string): string | undefined {
  if (/^[\w./:@+-]*$/.test(value)) return value;
  const quote = ['"', "'"].find((sign) => !value.includes(sign));
  if (quote !== undefined) return `${quote}${value}${quote}`;
  return /^["'\s]|\s$/.test(value) ? undefined : value;
}
