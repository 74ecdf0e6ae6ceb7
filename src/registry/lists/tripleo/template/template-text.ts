import type { Place } from '../../../../diagnostics/diagnostic.js';

/** A Jinja2 template, and where it was read. */
export interface TemplateText {
  readonly file: string;
  readonly text: string;
  /** Folder whose files `include` may name; nothing: none is included. */
  readonly folder?: string | undefined;
}

/** Thrown within the reading and rendering of a template; {@link renderTemplate} makes a diagnostic of it. */
export class ImageTemplateError extends Error {
  constructor(
    message: string,
    readonly place: Place,
    readonly hint?: string,
  ) {
    super(message);
    this.name = 'ImageTemplateError';
  }
}

/** Returns the place of a part of a template, in characters from its start. */
export function placeIn({ file, text }: TemplateText, at: number, length = 1): Place {
  const before = text.slice(0, at);
  const column = at - before.lastIndexOf('\n');
  let line = 1;
  for (let end = before.indexOf('\n'); end >= 0; end = before.indexOf('\n', end + 1)) line += 1;
  return { file, line, column, length: Math.max(1, length) };
}

/** Returns the error of a part of the language that templates of images don't use, or that isn't Jinja's. */
export function unsupportedError(
  template: TemplateText,
  word: string,
  at: number,
  hint = whatThereIs,
): ImageTemplateError {
  const message = `a template of images has no use for ${visibleWord(word)}`;
  return new ImageTemplateError(message, placeIn(template, at, word.length), hint);
}

/** Returns a part of a template for a message: not too long, and with codes for letters that cannot be seen. */
export function visibleWord(word: string): string {
  const cut = word.length > 60 ? `${word.slice(0, 60)}…` : word;
  return cut.replace(/[\p{C}\p{Z}]/gu, codeOf);
}

function codeOf(letter: string): string {
  if (letter === ' ') return letter;
  return letter === '\n' ? '\\n' : `\\u{${letter.codePointAt(0)?.toString(16)}}`;
}

const whatThereIs = 'names, texts in quotes, ==, "in" with a list, if, for, set and include are enough';
