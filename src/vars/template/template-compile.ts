import type Handlebars from 'handlebars';
import { namesInText } from './template-names.js';
import { rewriteTemplate } from './template-rewrite.js';
import { runtime } from './template-runtime.js';
import { isMustache, parseHandlebars } from './template-syntax.js';
import { TextMemo } from './text-memo.js';

/** A template ready to be rendered, any number of times. */
export type Compiled =
  | { readonly kind: 'literal'; readonly value: string }
  /** One expression alone: what it gives keeps its type. */
  | { readonly kind: 'value'; readonly run: Handlebars.TemplateDelegate }
  | { readonly kind: 'text'; readonly run: Handlebars.TemplateDelegate };

const values = new TextMemo<Compiled>();
const texts = new TextMemo<Compiled>();

/**
 * Reads a template and checks all that can be checked without values: its syntax, its functions and how many values
 * they take.
 *
 * @param as `text` for a file, where an expression alone doesn't keep its type
 * @throws TemplateError
 */
export function compileTemplate(text: string, as: 'value' | 'text' = 'value'): Compiled {
  if (!text.includes('{{') && !text.includes('{%')) return { kind: 'literal', value: text };
  const compiled = as === 'value' ? values : texts;
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const result = compile(text, as);
  compiled.set(text, result);
  return result;
}

function compile(text: string, as: 'value' | 'text'): Compiled {
  const program = parseHandlebars(text);
  const only = program.body.length === 1 ? program.body[0] : undefined;
  const alone = as === 'value' && only !== undefined && isMustache(only);
  const rewritten = rewriteTemplate(program, text, alone ? 'keep value' : 'to text');
  namesInText(text); // Says where all variables at once are taken.
  const options = { noEscape: true, strict: true, knownHelpers: runtime.known, knownHelpersOnly: true };
  const run = runtime.environment.compile(rewritten, options);
  return { kind: alone ? 'value' : 'text', run };
}
