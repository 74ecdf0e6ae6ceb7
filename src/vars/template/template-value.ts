import type { UndefinedName } from './template-error.js';

/**
 * Value that is not known yet: a fact before the host is asked, the result of a task before it ran. Whatever is
 * computed from it is `Later` too, unless the outcome doesn't depend on it.
 */
export class Later {
  constructor(readonly reason: string) {}
}

/** A value to be taken as it is: what a host said is never rendered as a template. */
export class Data {
  constructor(readonly value: unknown) {}
}

/** Rendered to nothing: the key or list entry whose value it is goes away (`{{default mode omit}}`). */
export const omit: unique symbol = Symbol('omit');

/** Value of a missing name, until something needs it. */
export class Missing {
  constructor(readonly error: UndefinedName) {}
}

/** Returns the first `Later` inside a value, however deep. */
export function laterIn(value: unknown): Later | undefined {
  if (value instanceof Later) return value;
  if (Array.isArray(value)) return firstLater(value);
  if (isMap(value)) return firstLater(Object.values(value));
  return undefined;
}

function firstLater(values: readonly unknown[]): Later | undefined {
  for (const value of values) {
    const later = laterIn(value);
    if (later !== undefined) return later;
  }
  return undefined;
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Returns a value's type, in the words of YAML. */
export function yamlTypeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'boolean') return 'true or false';
  return 'a map';
}

/** Tells if a value counts as true: not `false`, 0, null, empty, nor the words `false`, `no` and `off`. */
export function isTruthy(value: unknown): boolean {
  if (typeof value === 'string') return !['', 'false', 'no', 'off', '0'].includes(value.trim().toLowerCase());
  if (Array.isArray(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}
