import type { EditedPart } from './edit-line.js';
import { joinLines, linesOf, spliceLines } from './text-lines.js';

/** Lines between two marker lines. */
export interface BlockEdit {
  readonly block: string;
  /** Marker with `{mark}` for BEGIN and END. */
  readonly marker: string;
  readonly state: 'present' | 'absent';
}

/**
 * Replaces the lines between the markers, or appends them with their markers; the rest of the text stays.
 * Its lines end as the text's own do, however those of the block end.
 *
 * @returns undefined where a begin marker has no end, or the other way round
 */
export function editBlock(text: string, edit: BlockEdit): EditedPart | undefined {
  const begin = edit.marker.replace('{mark}', 'BEGIN');
  const end = edit.marker.replace('{mark}', 'END');
  const lines = linesOf(text);
  const from = lines.findIndex((line) => line.text === begin);
  const to = lines.findIndex((line, index) => index > from && line.text === end);
  if (from < 0 !== to < 0) return undefined;
  const wanted = edit.state === 'absent' ? [] : [begin, ...blockLines(edit.block), end];
  const [start, count] = from < 0 ? [lines.length, 0] : [from, to - from + 1];
  const present = lines.slice(start, start + count);
  if (present.length === wanted.length && present.every(({ text }, index) => text === wanted[index])) {
    return { text, summary: '', overwrites: false };
  }
  const effect = from < 0 ? 'added' : edit.state === 'absent' ? 'removed' : 'replaced';
  const summary = effect === 'replaced' ? 'block updated' : `block ${effect}`;
  return { text: joinLines(spliceLines(lines, start, count, wanted)), summary, overwrites: false, effect };
}

/** Splits a block into lines; line ends behind its last line don't count. */
export function blockLines(block: string): readonly string[] {
  const lines = block.split(/\r?\n/);
  while (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines;
}
