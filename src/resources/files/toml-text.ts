import { isDeepStrictEqual } from 'node:util';
import { parse, TomlError, type TomlTable } from 'smol-toml';

/** Reads a TOML text; a text is the error, beginning with its place: `:3:1: …`. */
export function readToml(text: string): TomlTable | string {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.replace(/^Invalid TOML document: /, '').split('\n')[0];
    return `:${error.line}:${error.column}: is not TOML: ${what}`;
  }
}

/**
 * Returns the number of the line that has a table's header, or a key, as it is usually written; 1 where there is
 * none.
 */
export function lineOf(text: string, pattern: RegExp): number {
  const at = text.split('\n').findIndex((line) => pattern.test(line));
  return at < 0 ? 1 : at + 1;
}

/** Returns a value of a table, if it is a table itself. */
export function tableIn(table: TomlTable | undefined, key: string): TomlTable | undefined {
  const value = table?.[key];
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date) ? value : undefined;
}

/**
 * Tells whether two parsed texts are equal. Tables of the parser have no prototype, those that are made here have
 * one.
 */
export function sameToml(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(structuredClone(one), structuredClone(other));
}
