import type { Comparison } from './syntax.js';

/** Value of an expression; undefined is a name that nothing gives a value. */
export type Value = string | number | boolean | null | undefined | readonly Value[];

/** Returns true for what Python takes for true. */
export function isTrue(value: Value): boolean {
  return isList(value) ? value.length > 0 : Boolean(value);
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Returns the type of a value, in words. */
export function valueTypeName(value: Value): string {
  if (value === null || value === undefined) return 'nothing';
  if (isList(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'number' ? 'a number' : 'true or false';
}

/** Compares two values as Python does; those that it would compare by what is in them, or not at all, are a error. */
export function compare(
  sign: Comparison,
  left: Value,
  right: Value,
): boolean | { readonly error: string; readonly side?: 'left' | 'right' } {
  if (sign === 'in') {
    if (!isList(right)) return { error: `"in" looks into a list, found ${valueTypeName(right)}`, side: 'right' };
    if (isList(left)) return { error: '"in" looks for a text, found a list', side: 'left' };
    return right.some((each) => same(left, each));
  }
  if (isList(left) || isList(right))
    return { error: 'lists are not compared: write "in"', side: isList(left) ? 'left' : 'right' };
  if (sign === '==') return same(left, right);
  if (sign === '!=') return !same(left, right);
  const texts = typeof left === 'string' && typeof right === 'string';
  if (texts || (typeof left === 'number' && typeof right === 'number')) return inOrder(sign, left, right);
  return {
    error: `${sign} compares two texts or two numbers, found ${valueTypeName(left)} and ${valueTypeName(right)}`,
  };
}

/** Compares two values; true is 1, as in Python. */
function same(left: Value, right: Value): boolean {
  const [a, b] = [left, right].map((value) => (typeof value === 'boolean' ? Number(value) : value));
  return a === b;
}

function inOrder(
  sign: Exclude<Comparison, '==' | '!=' | 'in'>,
  left: string | number,
  right: string | number,
): boolean {
  if (sign === '<') return left < right;
  if (sign === '<=') return left <= right;
  return sign === '>' ? left > right : left >= right;
}
