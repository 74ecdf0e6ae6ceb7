import { plain, Unreadable, Unsupported } from './jinja-pieces.js';
import { JinjaReader } from './jinja-reader.js';
import { jinjaTokens } from './jinja-tokens.js';

/** A Jinja expression as it is written here, or the part of it that has no counterpart. */
export type Translation = { readonly handlebars: string } | { readonly unsupported: string };

/** Most tokens of an expression; each may go a dozen calls deeper. */
const mostTokens = 200;

/** Rewrites a Jinja expression in Handlebars; nothing if it can't be read as Jinja either. */
export function translateJinja(expression: string): Translation | undefined {
  const tokens = jinjaTokens(expression);
  if (tokens === undefined || tokens.length === 0 || tokens.length > mostTokens) return undefined;
  const reader = new JinjaReader(tokens);
  try {
    const result = reader.ternary();
    return reader.atEnd ? { handlebars: plain(result).text } : undefined;
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: error.message };
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}
