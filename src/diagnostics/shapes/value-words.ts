import type { YamlPath } from '../yaml/yaml-file.js';

/** Describes a value in the words of YAML: `text "abc"`, `a list of 3`. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return `text "${value.length > 60 ? `${value.slice(0, 57)}…` : value}"`;
  return `${typeof value} ${String(value)}`;
}

/** Returns the name of a type of zod's, with its article. */
export function zodTypeName(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    object: 'a map',
    record: 'a map',
    array: 'a list',
    tuple: 'a list',
    boolean: 'true or false',
    number: 'a number',
    int: 'a whole number',
    null: 'nothing',
    undefined: 'nothing',
    never: 'nothing',
  };
  return names[type] ?? type;
}

/** Quotes a word that may be written: text in quotes, anything else as it is in YAML. */
export function quoteWord(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}

/** Joins words: `a, b or c`. */
export function joinAlternatives(words: readonly string[]): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Returns a path in words: `clients[0].name`. */
export function wordPath(path: YamlPath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${step}`),
    '',
  );
}
