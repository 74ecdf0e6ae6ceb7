import type { Place } from '../../diagnostics/diagnostic.js';
import { readTextFile } from '../../diagnostics/read-text.js';

/**
 * Returns the place of a character inside a text that is written in a file: of one name in a template, say. The text
 * may be quoted, or a block of several lines. The text's own place stands for a character that isn't found.
 */
export function placeWithin(place: Place, text: string, offset: number | undefined): Place {
  if (offset === undefined) return place;
  const before = text.slice(0, offset).split('\n');
  const written = text.split('\n')[before.length - 1] ?? '';
  const column = before.at(-1)?.length ?? 0;
  const lines = linesOf(place.file);
  const last = Math.min(lines.length, place.line + text.split('\n').length);
  for (let line = place.line; line <= last; line += 1) {
    const from = line === place.line ? place.column - 1 : 0;
    const start = lines[line - 1]?.indexOf(written, from) ?? -1;
    if (start >= 0) return { file: place.file, line, column: start + column + 1, length: wordAt(written, column) };
  }
  return place;
}

/** Returns the place of a character in a whole file. */
export function placeInFile(file: string, text: string, offset: number | undefined): Place {
  const before = text.slice(0, offset ?? 0).split('\n');
  const column = before.at(-1)?.length ?? 0;
  return {
    file,
    line: before.length,
    column: column + 1,
    length: wordAt(text.split('\n')[before.length - 1] ?? '', column),
  };
}

function wordAt(line: string, column: number): number {
  const rest = line.slice(column);
  const expression = /^\{\{.*?\}\}/.exec(rest)?.[0];
  return Math.max(1, (expression ?? /^[\w.@[\]/-]*/.exec(rest)?.[0] ?? '').length);
}

function linesOf(file: string): readonly string[] {
  try {
    return readTextFile(file, { besides: 'none' }).split('\n');
  } catch {
    return [];
  }
}
