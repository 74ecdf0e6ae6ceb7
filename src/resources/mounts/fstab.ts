import { joinEnded, linesOf, spliceLines, type TextLine } from '../content/text-lines.js';

/** Line of fstab(5), with its fields unescaped. */
export interface FstabEntry {
  readonly source: string;
  readonly path: string;
  readonly fstype: string;
  readonly options: string;
  readonly dump: number;
  readonly pass: number;
}

/** Escapes blanks, tabs, newlines and backslashes of a field as octal. */
export function escapeField(text: string): string {
  return text.replace(/[ \t\n\\#]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

export function unescapeField(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** Edited fstab. `overwrites`: an entry that was there has been replaced. */
export interface EditedFstab {
  readonly text: string;
  readonly changed: boolean;
  readonly overwrites: boolean;
}

/** Puts an entry in the place of the last one for its path, or at the end. */
export function putEntry(text: string, entry: FstabEntry): EditedFstab {
  const lines = linesOf(text);
  const indexes = lines.flatMap((line, index) => (entryOf(line)?.path === entry.path ? [index] : []));
  if (indexes.some((index) => sameEntry(entryOf(lines[index]), entry))) {
    return { text, changed: false, overwrites: false };
  }
  const last = indexes.at(-1);
  const edited = spliceLines(lines, last ?? lines.length, last === undefined ? 0 : 1, [formatEntry(entry)]);
  return { text: joinEnded(edited), changed: true, overwrites: last !== undefined };
}

/** Removes every entry for a path. */
export function removeEntry(text: string, path: string): EditedFstab {
  const lines = linesOf(text);
  const left = lines.filter((line) => entryOf(line)?.path !== path);
  if (left.length === lines.length) return { text, changed: false, overwrites: false };
  return { text: joinEnded(left), changed: true, overwrites: false };
}

/** Slashes at the end of a path, but for the one that is all of it. */
const endingSlashes = /(?<=[^/])\/+$|(?<=^\/)\/+$/;

function entryOf(found: TextLine | undefined): FstabEntry | undefined {
  const line = found?.text ?? '';
  if (/^\s*(#|$)/.test(line)) return undefined;
  const [source = '', path = '', fstype = '', options = 'defaults', dump = '0', pass = '0'] = line
    .trim()
    .split(/[ \t]+/);
  return {
    source: unescapeField(source),
    path: unescapeField(path).replace(endingSlashes, ''),
    fstype,
    options: unescapeField(options),
    dump: Number(dump),
    pass: Number(pass),
  };
}

function sameEntry(one: FstabEntry | undefined, other: FstabEntry): boolean {
  return (
    one !== undefined &&
    one.source === other.source &&
    one.fstype === other.fstype &&
    one.options === other.options &&
    one.dump === other.dump &&
    one.pass === other.pass
  );
}

function formatEntry({ source, path, fstype, options, dump, pass }: FstabEntry): string {
  return [escapeField(source), escapeField(path), fstype, escapeField(options), dump, pass].join(' ');
}
