import { stripVTControlCharacters } from 'node:util';

/**
 * What a host said, safe to put on a terminal: escape sequences are taken out and other control characters shown as
 * `\xNN`, so that no output of a host can move the cursor or recolour the screen. Newlines and tabs stay.
 */
export function printable(text: string): string {
  if (!control.test(text)) return text;
  return stripVTControlCharacters(text)
    .replaceAll('\r\n', '\n')
    .replaceAll(controls, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** The same as one line: what a carriage return would have left on the screen, without what it overwrote. */
export function printableLine(text: string): string {
  const line =
    text
      .trimEnd()
      .split(/[\r\n]/)
      .at(-1) ?? '';
  return printable(line).replaceAll('\t', ' ').trimEnd();
}

/** The same as a block: lines after the first are indented below it. */
export function printableBlock(text: string): string {
  return printable(text).trim().replaceAll('\n', '\n    ');
}

const control = /(?![\n\t])\p{Cc}/u;
const controls = new RegExp(control.source, 'gu');
