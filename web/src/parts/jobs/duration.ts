import type { Language } from '../../kernel/messages.js';

/** Returns a length of time: "1 min 5 s". */
export function durationText(seconds: number, language: Language): string {
  const unit = (value: number, name: 'second' | 'minute' | 'hour' | 'day', digits = 0) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(value);
  if (seconds < 10) return unit(seconds, 'second', 1);
  const whole = Math.round(seconds);
  if (whole < 60) return unit(whole, 'second');
  if (whole < 3600) return `${unit(Math.trunc(whole / 60), 'minute')} ${unit(whole % 60, 'second')}`;
  if (whole < 86_400)
    return `${unit(Math.trunc(whole / 3600), 'hour')} ${unit(Math.trunc((whole % 3600) / 60), 'minute')}`;
  return `${unit(Math.trunc(whole / 86_400), 'day')} ${unit(Math.trunc((whole % 86_400) / 3600), 'hour')}`;
}

/** Returns the seconds that something took, so far where it goes on; undefined: it has not begun. */
export function secondsBetween(start: string | null, end: string | null, now: number): number | undefined {
  if (start === null) return undefined;
  return Math.max(0, ((end === null ? now : Date.parse(end)) - Date.parse(start)) / 1000);
}
