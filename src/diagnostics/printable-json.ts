import { hazards } from './printable.js';

let hazard: RegExp | undefined;

/** A value as JSON that can be read on a terminal: what acts or hides there is escaped, which leaves the value the same. */
export function printableJson(value: unknown, indent?: number): string {
  return printableJsonText(JSON.stringify(value, null, indent) ?? 'null');
}

/** The same for a text that is JSON, or lines of it, already. Outside of its strings, blanks stand for tabs and returns. */
export function printableJsonText(text: string): string {
  hazard ??= new RegExp(`(?!\\n)${hazards}`, 'gu');
  return text.replaceAll(hazard, (character) =>
    character === '\t' || character === '\r'
      ? ' '
      : Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join(''),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
