import type { Language } from '../kernel/messages.js';
import { usePlace } from '../kernel/place.js';

const steps: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** Shows how long ago something was, or how far ahead it is; the time itself (UTC) is its title. */
export function Age({ at, never }: { readonly at: string | null | undefined; readonly never?: string }) {
  const { language, now } = usePlace();
  if (at === null || at === undefined) return <span class="muted">{never ?? '–'}</span>;
  return (
    <time dateTime={at} title={shownUtc(at)}>
      {ageText(Date.parse(at), now, language)}
    </time>
  );
}

/** Returns an age in words: "3 days ago". */
export function ageText(at: number, now: number, language: Language): string {
  const seconds = Math.round((at - now) / 1000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(Math.abs(seconds) < 10 ? 0 : seconds, 'second');
}

/** Returns a time as "2026-12-02 01:15:00 UTC": the same wherever it is read. */
export function shownUtc(at: string): string {
  return at.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}
