import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { compileExpression, type Expression } from '../../patterns/expression.js';
import { isMap, isTruthy, Later, Missing, yamlTypeName } from './template-value.js';

/** Function of templates. It throws Error for values that it can't use. */
export interface Helper {
  readonly min: number;
  readonly max: number;
  /** Form in which it is written, for messages. */
  readonly usage: string;
  /**
   * Receives names that are missing or not known yet as {@link Missing} and {@link Later}; otherwise it isn't called
   * with them.
   */
  readonly lenient?: boolean;
  run(...values: readonly unknown[]): unknown;
}

/** The functions that values and conditions may use. */
export const helpers: ReadonlyMap<string, Helper> = new Map<string, Helper>(
  Object.entries({
    eq: two('eq a b', (a, b) => isDeepStrictEqual(a, b)),
    ne: two('ne a b', (a, b) => !isDeepStrictEqual(a, b)),
    gt: two('gt a b', (a, b) => compare(a, b) > 0),
    gte: two('gte a b', (a, b) => compare(a, b) >= 0),
    lt: two('lt a b', (a, b) => compare(a, b) < 0),
    lte: two('lte a b', (a, b) => compare(a, b) <= 0),
    in: two('in value list', (value, container) => isIn(container, value)),
    contains: two('contains list value', isIn),
    matches: two('matches text "regex"', (value, pattern) => expression(text(pattern)).isIn(text(value))),
    not: one('not a', (value) => !isTruthy(value)),
    and: { min: 2, max: Number.POSITIVE_INFINITY, usage: 'and a b', lenient: true, run: and },
    or: { min: 2, max: Number.POSITIVE_INFINITY, usage: 'or a b', lenient: true, run: or },
    ternary: { min: 3, max: 3, usage: 'ternary condition yes no', lenient: true, run: ternary },
    default: { min: 2, max: Number.POSITIVE_INFINITY, usage: 'default name "fallback"', lenient: true, run: fallback },
    defined: {
      ...one('defined name', (value) => (value instanceof Later ? value : !(value instanceof Missing))),
      lenient: true,
    },
    lower: one('lower text', (value) => text(value).toLowerCase()),
    upper: one('upper text', (value) => text(value).toUpperCase()),
    trim: one('trim text', (value) => text(value).trim()),
    replace: {
      min: 3,
      max: 3,
      usage: 'replace text "from" "to"',
      run: (value, from, to) => text(value).replaceAll(text(from), () => text(to)),
    },
    split: two('split text ","', (value, separator) => text(value).split(text(separator))),
    join: { min: 1, max: 2, usage: 'join list ","', run: (values, by = ',') => list(values).map(text).join(text(by)) },
    length: one('length list', size),
    first: one('first list', (values) => entry(list(values), 0)),
    last: one('last list', (values) => entry(list(values), -1)),
    keys: one('keys map', (value) => Object.keys(map(value))),
    add: { min: 2, max: Number.POSITIVE_INFINITY, usage: 'add a b', run: add },
    union: { min: 2, max: Number.POSITIVE_INFINITY, usage: 'union a b', run: union },
    concat: { min: 1, max: Number.POSITIVE_INFINITY, usage: 'concat a b', run: concat },
    get: { min: 2, max: 3, usage: 'get map "key"', run: get },
    number: one('number text', number),
    string: one('string value', text),
    int: one('int text', (value) => Math.trunc(number(value))),
    bool: one('bool text', (value) => value === 1 || value === true || /^(?:yes|on|1|true)$/i.test(String(value))),
    json: one('json value', (value) => JSON.stringify(value)),
    yaml: one('yaml value', (value) => stringify(value, { version: '1.1', lineWidth: 0 }).trimEnd()),
    basename: one('basename path', (path) => posix.basename(text(path))),
    dirname: one('dirname path', (path) => posix.dirname(text(path))),
  }),
);

function one(usage: string, run: (value: unknown) => unknown): Helper {
  return { min: 1, max: 1, usage, run };
}

function two(usage: string, run: (a: unknown, b: unknown) => unknown): Helper {
  return { min: 2, max: 2, usage, run };
}

function and(...values: readonly unknown[]): unknown {
  return decide(values, (value) => !isTruthy(value));
}

function or(...values: readonly unknown[]): unknown {
  return decide(values, isTruthy);
}

/** Returns the first value that settles it, else the last; one that is not known yet leaves it open. */
function decide(values: readonly unknown[], settles: (value: unknown) => boolean): unknown {
  let open: Later | undefined;
  for (const value of values) {
    if (value instanceof Later) open ??= value;
    else if (value instanceof Missing) return open ?? value;
    else if (settles(value)) return value;
  }
  return open ?? values.at(-1);
}

function ternary(condition: unknown, yes: unknown, no: unknown): unknown {
  if (condition instanceof Later || condition instanceof Missing) return condition;
  return isTruthy(condition) ? yes : no;
}

function fallback(...values: readonly unknown[]): unknown {
  return values.find((value) => !(value instanceof Missing) && value !== null && value !== undefined) ?? values.at(-1);
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return number(a) - number(b);
}

function isIn(container: unknown, value: unknown): boolean {
  if (typeof container === 'string') return container.includes(text(value));
  if (isMap(container)) return Object.hasOwn(container, text(value));
  return list(container).some((candidate) => isDeepStrictEqual(candidate, value));
}

function concat(...values: readonly unknown[]): unknown {
  return values.some(Array.isArray) ? values.flat() : values.map(text).join('');
}

/** Adds numbers, or puts lists or texts one behind the other; never a number to a text. */
function add(...values: readonly unknown[]): unknown {
  if (values.every(Array.isArray)) return values.flat();
  if (values.every((value) => typeof value === 'string')) return values.join('');
  let sum = 0;
  for (const value of values) {
    if (typeof value !== 'number') throw new Error(`expected numbers, or lists, or texts, got ${kindsOf(values)}`);
    sum += value;
  }
  return sum;
}

function kindsOf(values: readonly unknown[]): string {
  return [...new Set(values.map(yamlTypeName))].join(' and ');
}

function union(...values: readonly unknown[]): unknown {
  const all: unknown[] = [];
  for (const value of values.flatMap(list)) if (!all.some((each) => isDeepStrictEqual(each, value))) all.push(value);
  return all;
}

function get(container: unknown, key: unknown, otherwise: unknown = null): unknown {
  if (Array.isArray(container)) return container.at(number(key)) ?? otherwise;
  const found = map(container);
  return Object.hasOwn(found, text(key)) ? found[text(key)] : otherwise;
}

function size(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return isMap(value) ? Object.keys(value).length : list(value).length;
}

function entry(values: readonly unknown[], index: number): unknown {
  if (values.length === 0) throw new Error('the list is empty');
  return values.at(index);
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`expected text, got ${yamlTypeName(value)}`);
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`expected a list, got ${yamlTypeName(value)}`);
}

function map(value: unknown): Readonly<Record<string, unknown>> {
  if (isMap(value)) return value;
  throw new Error(`expected a map, got ${yamlTypeName(value)}`);
}

function number(value: unknown): number {
  const result = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof result === 'number' && !Number.isNaN(result)) return result;
  throw new Error(`expected a number, got ${typeof value === 'string' ? `"${value}"` : yamlTypeName(value)}`);
}

function expression(pattern: string): Expression {
  const compiled = compileExpression(pattern);
  if ('problem' in compiled) throw new Error(`"${pattern}" is not a regular expression: ${compiled.problem}`);
  return compiled;
}
