import type { Removal } from '../../model/records.js';
import { count } from '../../text/count.js';
import { isComment } from './kept-content.js';
import { lineTest } from './regular-expression.js';
import { joinLines, linesOf, spliceLines, type TextLine } from './text-lines.js';

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
  /** Entries that it adds, each with its removal. */
  readonly adds?: readonly AddedEntry[];
  /** Entries to which it gives another value, each with its removal from then on. Those of others stay theirs. */
  readonly updates?: readonly AddedEntry[];
}

/** Text with an edit of one part. */
export interface EditedPart extends EditedText {
  /** Fate of the part; undefined where it is as wanted. */
  readonly effect?: 'added' | 'replaced' | 'removed';
}

/** Entry that an edit adds to a file of others. */
export interface AddedEntry {
  /** Name within the file, as the resource's `entries` name it. */
  readonly name: string;
  readonly removal: Removal;
}

/**
 * Makes sure that a line is there, or isn't. Present: the last line that matches `regexp` is replaced; where none
 * does, and the line isn't there already, it is inserted. Absent: every line that matches `regexp`, or equals `line`,
 * is removed. All other lines keep their ends.
 */
export function editLine(text: string, edit: LineEdit): EditedPart {
  const lines = linesOf(text);
  const pattern = edit.regexp === undefined ? undefined : lineTest(edit.regexp);
  const edited = edit.state === 'absent' ? remove(lines, edit.line, pattern) : put(lines, edit, pattern);
  if (edited === undefined) return { text, summary: '', overwrites: false };
  return { ...edited, text: joinLines(edited.lines) };
}

type LineTest = (line: string) => boolean;

interface Edited {
  readonly lines: readonly TextLine[];
  readonly summary: string;
  readonly overwrites: boolean;
  readonly effect: 'added' | 'replaced' | 'removed';
}

function remove(
  lines: readonly TextLine[],
  line: string | undefined,
  pattern: LineTest | undefined,
): Edited | undefined {
  const left = lines.filter(({ text }) => (pattern === undefined ? text !== line : !pattern(text)));
  const gone = lines.length - left.length;
  if (gone === 0) return undefined;
  return { lines: left, summary: `${count(gone, 'line')} removed`, overwrites: false, effect: 'removed' };
}

function put(lines: readonly TextLine[], edit: LineEdit, pattern: LineTest | undefined): Edited | undefined {
  const line = edit.line ?? '';
  const matching = pattern === undefined ? -1 : lines.findLastIndex(({ text }) => pattern(text));
  if (matching >= 0) {
    const found = lines[matching]?.text ?? '';
    if (found === line) return undefined;
    return {
      lines: spliceLines(lines, matching, 1, [line]),
      summary: 'line replaced',
      overwrites: !isComment(found),
      effect: 'replaced',
    };
  }
  if (lines.some(({ text }) => text === line)) return undefined;
  const added = spliceLines(lines, placeFor(lines, edit), 0, [line]);
  return { lines: added, summary: 'line added', overwrites: false, effect: 'added' };
}

/** Returns the index of a new line: beside the last line that matches, else at the end. */
function placeFor(lines: readonly TextLine[], { insertAfter, insertBefore }: LineEdit): number {
  if (insertBefore === 'BOF') return 0;
  const beside = insertBefore ?? (insertAfter === 'EOF' ? undefined : insertAfter);
  if (beside === undefined) return lines.length;
  const pattern = lineTest(beside);
  const found = lines.findLastIndex(({ text }) => pattern(text));
  if (found < 0) return lines.length;
  return insertBefore === undefined ? found + 1 : found;
}
