import type { Place } from '../../diagnostics/diagnostic.js';
import { readTextFile } from '../../diagnostics/read-text.js';
import type { YamlPath, YamlSource } from '../../diagnostics/yaml/yaml-file.js';

/**
 * Returns what a module exported, with places in its text. JavaScript doesn't say where a value was written: a place is
 * the key, or the text, that stands in the module only once. Otherwise it is that of the nearest part around it, or of
 * the module.
 */
export function moduleSource(file: string, value: unknown): YamlSource {
  const text = textOf(file);
  return {
    file,
    text,
    value,
    placeOf: (path, part = 'value') => {
      for (let length = path.length; length > 0; length -= 1) {
        const place = placeOf(path.slice(0, length), part, { file, text, value });
        if (place !== undefined) return place;
      }
      return placeAt(file, text, Math.max(0, text.search(/^export default/m)), 1);
    },
  };
}

interface Module {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
}

function placeOf(path: YamlPath, part: 'key' | 'value', { file, text, value }: Module): Place | undefined {
  const key = path.at(-1);
  const there = valueAt(value, path);
  const words = part === 'key' ? [key, there] : [there, key];
  for (const word of words) {
    if (typeof word !== 'string' || word === '') continue;
    const at = onlyPlace(text, word);
    if (at !== undefined) return placeAt(file, text, at, word.length);
  }
  return undefined;
}

/** Returns the offset of a word that stands in the text only once. */
function onlyPlace(text: string, word: string): number | undefined {
  const pattern = new RegExp(`(?<![\\w$])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w$])`, 'g');
  const [first, second] = text.matchAll(pattern);
  return first !== undefined && second === undefined ? first.index : undefined;
}

function valueAt(value: unknown, path: YamlPath): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}

function placeAt(file: string, text: string, offset: number, length: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, length };
}

/** Plays of a program have no file. */
function textOf(file: string): string {
  try {
    return readTextFile(file);
  } catch {
    return '';
  }
}
