import { isRecord } from '../../../model/is-record.js';

/** Characters of one text that are shown. */
const longest = 1000;

/** Returns a text that others wrote, cut; empty where it is none. */
export function foreignTextOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, longest) : '';
}

/** Returns an object; an empty one where it is none. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** Returns a list; an empty one where it is none. */
export function foreignListOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
