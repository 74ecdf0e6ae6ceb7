import { relative } from 'node:path';
import { count } from '../text/count.js';
import type { Diagnostic, Place } from './diagnostic.js';
import { visible, visibleLine, visibleMessage } from './printable.js';
import { readTextFile } from './read-text.js';
import { isSealed } from './secrets/sealed-text.js';
import { maskSecretValues } from './secrets/secret-names.js';

/** Options of {@link printDiagnostics}. */
export interface PrintOptions {
  readonly color: boolean;
  /** Folder that paths below it are shown relative to. */
  readonly cwd: string;
}

/**
 * Prints errors for a person, by file and line: place, message, the line with a caret, the hint. Values of passwords
 * and tokens are masked.
 */
export function printDiagnostics(diagnostics: readonly Diagnostic[], { color, cwd }: PrintOptions): string {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const linesOf = lineReader();
  const unique = [...new Map(diagnostics.map((each) => [keyOf(each), each])).values()].sort(byPlace);
  const blocks = unique.slice(0, most).map((diagnostic) => {
    const { place, message, hint } = diagnostic;
    const where =
      place === undefined
        ? ''
        : `${paint(36, `${visibleLine(shortenPath(place.file, cwd))}:${place.line}:${place.column}`)} `;
    const frame = place === undefined ? [] : codeFrame(place, linesOf(place.file), paint);
    const tail = hint === undefined ? [] : [`  ${paint(32, visibleMessage(hint))}`];
    return [`${where}${paint(31, 'error')} ${visibleMessage(message)}`, ...frame, ...tail].join('\n');
  });
  const more = unique.length - blocks.length;
  if (more > 0) blocks.push(`${more} more are not listed: correct these first`);
  const total = `${count(unique.length, 'error')}; no host was contacted`;
  return `${blocks.join('\n\n')}\n\n${paint(1, total)}\n`;
}

/** Number of errors that are shown: nobody reads more, and a file may have one in each of its lines. */
const most = 100;

/** Longest part of a line that is shown. */
const width = 160;

function codeFrame(place: Place, lines: readonly string[], paint: (code: number, text: string) => string): string[] {
  const written = lines[place.line - 1];
  if (written === undefined) return [];
  const number = String(place.line);
  const column = Math.max(1, place.column);
  const from = column > width ? column - 40 : 0;
  const line = maskSecretValues(written.slice(0, from + width));
  // What acts on a terminal takes more room once it is shown: the caret is under what is seen.
  const part = (start: number, end: number) => visible(line.slice(start, end).replaceAll('\t', ' '));
  const before = part(from, Math.min(column - 1, from + width));
  const marked = part(column - 1, Math.min(column - 1 + (place.length ?? 1), from + width));
  const gutter = paint(2, `${' '.repeat(number.length)} |`);
  return [
    `  ${paint(2, `${number} |`)} ${part(from, from + width)}`,
    `  ${gutter} ${' '.repeat(lengthOf(before))}${paint(31, '^'.repeat(Math.max(1, lengthOf(marked))))}`,
  ];
}

/** Characters, not units of UTF-16. */
function lengthOf(text: string): number {
  return [...text].length;
}

function lineReader(): (file: string) => readonly string[] {
  const read = new Map<string, readonly string[]>();
  return (file) => {
    const known = read.get(file);
    if (known !== undefined) return known;
    let lines: readonly string[] = [];
    try {
      const text = readTextFile(file, { besides: 'none' });
      // The place is one of what the file holds once it is opened, which is not to be shown.
      if (!isSealed(text)) lines = text.split(/\r?\n/);
    } catch {
      // A place in a text that is no file, such as an argument: the message stands without its line.
    }
    read.set(file, lines);
    return lines;
  };
}

function shortenPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path === '' || path.startsWith('..') ? file : path;
}

function keyOf({ message, place }: Diagnostic): string {
  return `${place?.file}:${place?.line}:${place?.column} ${message}`;
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const file = (a.place?.file ?? '').localeCompare(b.place?.file ?? '');
  if (file !== 0) return file;
  return (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);
}
