import type { Language } from '../../kernel/messages.js';

/** Returns a start in words, in the schedule's time zone: "Wed, Dec 2, 2026, 03:00 GMT+1". */
export function startWords(at: Date, zone: string, language: Language): string {
  return new Intl.DateTimeFormat(language, {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
    timeZoneName: 'short',
  }).format(at);
}
