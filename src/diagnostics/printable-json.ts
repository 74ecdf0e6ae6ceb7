import { hazards } from './printable.js';

let hazard: RegExp | undefined;

/**
 * Returns a value as JSON that can be read on a terminal. Characters that act or hide there are escaped; the value is
 * the same.
 */
export function printableJson(value: unknown, indent?: number): string {
  return printableJsonText(JSON.stringify(value, null, indent) ?? 'null');
}

/**
 * Escapes such characters in a text that is JSON, or lines of it, already. Tabs and returns outside of its strings
 * become blanks.
 */
export function printableJsonText(text: string): string {
  hazard ??= new RegExp(`(?!\\n)${hazards}`, 'gu');
  return text.replaceAll(hazard, (character) =>
    character === '\t' || character === '\r'
      ? ' '
      : Array.from({ length: character.length }, (_, at) => escapeUnit(character.charCodeAt(at))).join(''),
  );
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
