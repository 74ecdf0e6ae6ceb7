import type { EditedText } from './edit-line.js';

/** Lines between two marker lines. */
export interface BlockEdit {
  readonly block: string;
  /** Marker with `{mark}` for BEGIN and END. */
  readonly marker: string;
  readonly state: 'present' | 'absent';
}

/**
 * Replaces the lines between the markers, or appends them with their markers; the rest of the text stays.
 *
 * @returns undefined where a begin marker has no end, or the other way round
 */
export function editBlock(text: string, edit: BlockEdit): EditedText | undefined {
  const begin = edit.marker.replace('{mark}', 'BEGIN');
  const end = edit.marker.replace('{mark}', 'END');
  const ending = /\r\n/.test(text) ? '\r\n' : '\n';
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const from = lines.indexOf(begin);
  const to = lines.indexOf(end, from + 1);
  if (from < 0 !== to < 0) return undefined;
  const wanted = edit.state === 'absent' ? [] : [begin, ...edit.block.replace(/(?<!\n)\n+$/, '').split('\n'), end];
  const [start, count] = from < 0 ? [lines.length, 0] : [from, to - from + 1];
  const edited = lines.toSpliced(start, count, ...wanted);
  if (edited.length === lines.length && edited.every((line, index) => line === lines[index])) {
    return { text, summary: '', overwrites: false };
  }
  const summary = from < 0 ? 'block added' : edit.state === 'absent' ? 'block removed' : 'block updated';
  return { text: edited.map((line) => line + ending).join(''), summary, overwrites: false };
}
