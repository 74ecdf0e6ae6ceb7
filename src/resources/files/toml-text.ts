import { isDeepStrictEqual } from 'node:util';
import { parse, TomlError, type TomlTable } from 'smol-toml';

/** What a TOML text says; a text is why it can't be read, beginning with its place: `:3:1: …`. */
export function readToml(text: string): TomlTable | string {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.replace(/^Invalid TOML document: /, '').split('\n')[0];
    return `:${error.line}:${error.column}: is no TOML: ${what}`;
  }
}

/** Number of the line that has a table's header, or a key, as it is usually written; 1 where it isn't found. */
export function lineOf(text: string, pattern: RegExp): number {
  const at = text.split('\n').findIndex((line) => pattern.test(line));
  return at < 0 ? 1 : at + 1;
}

/** A value of a table, if it is a table itself. */
export function tableIn(table: TomlTable | undefined, key: string): TomlTable | undefined {
  const value = table?.[key];
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date) ? value : undefined;
}

/** Whether two read texts say the same. What the parser makes has no prototype, what is made here has one. */
export function sameToml(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(structuredClone(one), structuredClone(other));
}
