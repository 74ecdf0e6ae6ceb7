import type { TokenReader } from './tokens.js';

/** Words that are values, in both spellings that Jinja2 has for them. */
export const literals = new Map<string, boolean | null>(
  Object.entries({ true: true, True: true, false: false, False: false, none: null, None: null }),
);

/** Words of the language, which are no names. */
export const words = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else', ...literals.keys()]);

/** Reads a name that a template gives to a value: `set NAME = …`, `for NAME in …`. */
export function readTemplateName(tokens: TokenReader): string {
  const token = tokens.next();
  if (token.kind !== 'name' || words.has(token.text)) throw tokens.unexpectedError(token, 'a name');
  return token.text;
}
