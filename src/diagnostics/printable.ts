import { stripVTControlCharacters } from 'node:util';

/**
 * Characters that act on a terminal, end a line, turn its direction or are not seen at all: control characters (C0, DEL,
 * C1), the line and paragraph separators, lone surrogates, and whatever Unicode says may be left out of sight
 * (Default_Ignorable_Code_Point: directional marks, overrides and isolates, zero-width characters, soft hyphens, tags).
 */
export const hazards = String.raw`[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{DI}\p{NChar}\uFFF9-\uFFFB]`;

/** Scripts in which a joiner between two letters changes how they are written. */
const joining = ['Arab', 'Syrc', 'Mong', 'Nkoo', 'Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym']
  .concat(['Sinh', 'Khmr', 'Mymr', 'Tibt'])
  .map((script) => String.raw`\p{scx=${script}}`)
  .join('');

/** Joiners and selectors where they do what they are for: in pictures of several parts, and in those scripts. */
const joiners = [
  String.raw`(?<=\p{ExtPict}(?:\p{EMod}|\uFE0F)?)\u200D(?=\p{ExtPict})`,
  String.raw`(?<=\p{ExtPict})[\uFE0E\uFE0F]`,
  String.raw`(?<=[${joining}])[\u200C\u200D](?=[${joining}])`,
].join('|');

/** Unicode's classes take milliseconds to make, which most commands need not pay. */
let made: { readonly hazard: RegExp; readonly shownOrKept: RegExp } | undefined;

function expressions() {
  made ??= {
    hazard: new RegExp(hazards, 'u'),
    shownOrKept: new RegExp(`(${joiners})|${hazards}`, 'gu'),
  };
  return made;
}

/** Text of Latin letters and usual punctuation alone, which most is. */
const plain = /^[\t\n\x20-\x7E\xA1-\xAC\xAE-\u02FF\u2010-\u2027\u2030-\u205E]*$/;

function isHarmless(text: string): boolean {
  return plain.test(text) || !expressions().hazard.test(text);
}

/**
 * Shows a text of several lines: line ends and tabs stay, every other character that acts or hides is shown as `\xNN`
 * or `\u{NNNN}`. Nothing is removed, so two texts that differ look different. Joiners stay within emoji, and within
 * Arabic, Indic and other scripts that need them; elsewhere, as in names of images and hosts, they are shown.
 */
export function visible(text: string): string {
  if (isHarmless(text)) return text;
  return text.replaceAll(expressions().shownOrKept, (character, joiner: string | undefined) =>
    joiner !== undefined || character === '\n' || character === '\t' ? character : codeOf(character),
  );
}

/** Shows a text in one line: a name, a value, a message. Its line ends are shown as `\n`, its tabs as `\t`. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/** Largest number of characters of a message: it may quote an answer, a header or a file of any length. */
const longest = 4000;

/** Shows a message of any length in one line: characters beyond 4000 are counted, not shown. */
export function visibleMessage(text: string): string {
  return visibleLine(shortened(text, longest));
}

/** Returns the beginning of a text, and the number of characters that are missing: `abc… (12 more characters)`. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, cut)}… (${text.length - cut} more characters)`;
}

/**
 * Makes the output of a host's commands safe to read: escape sequences, which colour it, are removed; other characters
 * that act or hide are shown. Line ends and tabs stay. Use it for output alone: nothing may be removed from a name.
 */
export function printable(text: string): string {
  if (isHarmless(text)) return text;
  return visible(stripVTControlCharacters(text).replaceAll('\r\n', '\n'));
}

/** Returns the last line that a terminal would show: text that a carriage return overwrote is not in it. */
export function printableLine(text: string): string {
  const line =
    text
      .trimEnd()
      .split(/[\r\n]/)
      .at(-1) ?? '';
  return printable(line).replaceAll('\t', ' ').trimEnd();
}

/** Shows a message of several lines as a block: those after the first are indented below it. */
export function visibleBlock(text: string): string {
  return visible(shortened(text.replaceAll('\r\n', '\n').trim(), longest)).replaceAll('\n', '\n    ');
}

function codeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code <= 0xff ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`;
}
