import { count } from '../../text/count.js';
import { isComment } from './kept-content.js';
import { lineTest } from './regular-expression.js';

/** Wanted line of a file, as in Ansible's lineinfile. */
export interface LineEdit {
  readonly line: string | undefined;
  readonly regexp: string | undefined;
  readonly state: 'present' | 'absent';
  /** Regular expression of a line, or `EOF`. */
  readonly insertAfter: string | undefined;
  /** Regular expression of a line, or `BOF`. */
  readonly insertBefore: string | undefined;
}

/** Text with an edit made, and a summary of it. */
export interface EditedText {
  readonly text: string;
  /** Empty where the text is as wanted. */
  readonly summary: string;
  /** A line that was no comment has been replaced. */
  readonly overwrites: boolean;
}

/**
 * Makes sure that a line is there, or isn't. Present: the last line that matches `regexp` is replaced; where none
 * does, and the line isn't there already, it is inserted. Absent: every line that matches `regexp`, or equals `line`,
 * is removed.
 */
export function editLine(text: string, edit: LineEdit): EditedText {
  const ending = /\r\n/.test(text) ? '\r\n' : '\n';
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const pattern = edit.regexp === undefined ? undefined : lineTest(edit.regexp);
  const edited = edit.state === 'absent' ? remove(lines, edit.line, pattern) : put(lines, edit, pattern);
  if (edited === undefined) return { text, summary: '', overwrites: false };
  return { ...edited, text: edited.lines.map((line) => line + ending).join('') };
}

type LineTest = (line: string) => boolean;

interface Edited {
  readonly lines: readonly string[];
  readonly summary: string;
  readonly overwrites: boolean;
}

function remove(lines: readonly string[], line: string | undefined, pattern: LineTest | undefined): Edited | undefined {
  const left = lines.filter((each) => (pattern === undefined ? each !== line : !pattern(each)));
  const gone = lines.length - left.length;
  if (gone === 0) return undefined;
  return { lines: left, summary: `${count(gone, 'line')} removed`, overwrites: false };
}

function put(lines: readonly string[], edit: LineEdit, pattern: LineTest | undefined): Edited | undefined {
  const line = edit.line ?? '';
  const matching = pattern === undefined ? -1 : lines.findLastIndex((each) => pattern(each));
  if (matching >= 0) {
    const found = lines[matching] ?? '';
    if (found === line) return undefined;
    return { lines: lines.with(matching, line), summary: 'line replaced', overwrites: !isComment(found) };
  }
  if (lines.includes(line)) return undefined;
  return { lines: lines.toSpliced(placeFor(lines, edit), 0, line), summary: 'line added', overwrites: false };
}

/** Returns the index of a new line: beside the last line that matches, else at the end. */
function placeFor(lines: readonly string[], { insertAfter, insertBefore }: LineEdit): number {
  if (insertBefore === 'BOF') return 0;
  const beside = insertBefore ?? (insertAfter === 'EOF' ? undefined : insertAfter);
  if (beside === undefined) return lines.length;
  const pattern = lineTest(beside);
  const found = lines.findLastIndex((each) => pattern(each));
  if (found < 0) return lines.length;
  return insertBefore === undefined ? found + 1 : found;
}
