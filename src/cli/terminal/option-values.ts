import { InvalidArgumentError } from 'commander';

/** Adds a value of an option that may be given several times. */
export function list(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

/** Returns a number above 0. @throws InvalidArgumentError */
export function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError('A number above 0 is expected.');
  return number;
}

/** Returns a whole number from 1. @throws InvalidArgumentError */
export function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('A whole number from 1 is expected.');
  return number;
}

/** Returns a whole number from 0. @throws InvalidArgumentError */
export function wholeOrNone(value: string): number {
  return /^\s*0+\s*$/.test(value) ? 0 : wholeNumber(value);
}

/** Returns the address of a service, without slashes at its end. @throws InvalidArgumentError */
export function webAddress(value: string): string {
  if (/^https?:\/\/[^\s@]+$/.test(value) && URL.canParse(value)) return value.replace(/\/+$/, '');
  throw new InvalidArgumentError('An address such as https://s3.example.com is expected.');
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Returns the seconds of a time such as `12h`. @throws InvalidArgumentError */
export function duration(value: string): number {
  const [, number, unit] = /^(\d+)([smhdw])$/.exec(value) ?? [];
  const seconds = units[unit ?? ''];
  if (seconds === undefined) throw new InvalidArgumentError('A time such as 12h, 30d or 8w is expected.');
  return Number(number) * seconds;
}
