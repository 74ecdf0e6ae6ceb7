import { Cron } from 'croner';

/** Next starts of a schedule, or why there are none. */
export type NextStarts = { readonly starts: readonly Date[] } | { readonly error: string };

/** Returns the next starts of a cron expression in a time zone, as the service reckons them: by the same parser. */
export function nextStarts(cron: string, zone: string, from: Date, count: number): NextStarts {
  try {
    return { starts: new Cron(cron.trim(), { timezone: zone, paused: true }).nextRuns(count, from) };
  } catch (error) {
    return { error: error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error) };
  }
}
