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
