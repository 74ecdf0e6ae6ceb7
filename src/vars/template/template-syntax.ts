import Handlebars from 'handlebars';
import { jinjaHint } from '../jinja/jinja-hint.js';
import { TemplateError } from './template-error.js';
import { refuseTooMuch } from './template-size.js';

export function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === 'PathExpression';
}

export function isCall(node: hbs.AST.Node): node is hbs.AST.SubExpression {
  return node.type === 'SubExpression';
}

export function isMustache(node: hbs.AST.Node): node is hbs.AST.MustacheStatement {
  return node.type === 'MustacheStatement';
}

export function isBlock(node: hbs.AST.Node): node is hbs.AST.BlockStatement {
  return node.type === 'BlockStatement';
}

const jinjaStatement =
  /\{%[-+]?\s*(?:if|elif|else|endif|for|endfor|set|macro|include|block|raw|extends|import|from|call|filter)\b/;

/**
 * Reads a template.
 *
 * @throws TemplateError with the offset of the expression at fault, and how to write it where it is Jinja's
 */
export function parseHandlebars(text: string): hbs.AST.Program {
  const statement = jinjaStatement.exec(text);
  if (statement !== null) {
    throw new TemplateError('Jinja statements are not understood: templates are Handlebars', {
      hint: jinjaHint(text.slice(statement.index, statement.index + 500)),
      offset: statement.index,
    });
  }
  refuseTooMuch(text);
  try {
    return Handlebars.parse(text);
  } catch (error) {
    throw syntaxError(text, error);
  }
}

/** Returns the offset of a node in the text it was parsed from. */
export function offsetOf(text: string, node: hbs.AST.Node): number {
  return offsetAt(text, node.loc.start.line, node.loc.start.column);
}

function offsetAt(text: string, line: number, column: number): number {
  if (lines.text !== text) lines = { text, starts: lineStarts(text) };
  return (lines.starts[line - 1] ?? 0) + column;
}

/** Starts of the lines of the text that was asked for last: each of its expressions asks. */
let lines: { readonly text: string; readonly starts: readonly number[] } = { text: '', starts: [0] };

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}

/**
 * Returns the error of a template that the parser refuses. It says little about the place: the first expression that
 * can't be read alone is the one.
 */
function syntaxError(text: string, error: unknown): TemplateError {
  const closed = text.slice(0, text.lastIndexOf('}}') + 3);
  const wrong: RegExpExecArray[] = [];
  for (const match of closed.matchAll(/(?<!\\)\{\{\{?(?![#^/!>]|else\b)[\s\S]*?\}\}\}?/g)) {
    if (isReadable(match[0])) continue;
    wrong.push(match);
    if (wrong.length === mostWrong) break;
  }
  const [first, ...others] = wrong;
  if (first !== undefined) return notAnExpression(first[0], first.index, others);
  const message = error instanceof Error ? error.message : String(error);
  const blocks = /^(\S+) doesn't match (\S+) - (\d+):(\d+)/.exec(message);
  if (blocks !== null) {
    const offset = offsetAt(text, Number(blocks[3]), Number(blocks[4]));
    return new TemplateError(`the block {{#${blocks[1]}}} is closed by {{/${blocks[2]}}}`, { offset });
  }
  const line = Number(/on line (\d+)/.exec(message)?.[1] ?? 1);
  const unclosed = text.lastIndexOf('{{');
  if (unclosed >= 0 && !text.includes('}}', unclosed)) {
    const hint = 'write \\{{ where two braces are meant as text';
    return new TemplateError('{{ is not closed by }}', { hint, offset: unclosed });
  }
  if (/got 'EOF'/.test(message)) {
    const open = [...text.matchAll(/\{\{#\s*([\w-]+)/g)].at(-1);
    if (open !== undefined) {
      return new TemplateError(`the block {{#${open[1]}}} is not closed`, {
        hint: `close it with {{/${open[1]}}}`,
        offset: open.index,
      });
    }
  }
  return new TemplateError('not a Handlebars template', { offset: offsetAt(text, line, 0) });
}

/** Number of expressions of a text that are reported at once. */
const mostWrong = 10;

function notAnExpression(expression: string, offset: number, others: readonly RegExpExecArray[]): TemplateError {
  const describe = (text: string) => ({
    message: `${quoted(text)} is not a Handlebars expression`,
    hint: jinjaHint(text) ?? hintFor(expression),
  });
  const { message, hint: ofFirst } = describe(expression);
  const ofOthers = others.map(([other]) => `${quoted(other)}: ${jinjaHint(other) ?? 'not an expression either'}`);
  const hint = ofOthers.length === 0 ? ofFirst : [ofFirst ?? message, ...ofOthers].join('; ');
  return new TemplateError(message, { hint, offset, withoutBraces: describe(textBetweenBraces(expression)) });
}

/** Returns an expression without the braces around it. */
export function textBetweenBraces(expression: string): string {
  return expression.replace(/^\{\{\{?/, '').replace(/\}\}\}?$/, '');
}

/** Quotes an expression for a message, in one line. */
function quoted(expression: string): string {
  return `\`${inShort(expression.trim().replaceAll(/\s+/g, ' '))}\``;
}

/** Shortens a part of a template for messages. */
export function inShort(part: string): string {
  return part.length > 200 ? `${part.slice(0, 200)}…` : part;
}

function isReadable(expression: string): boolean {
  try {
    Handlebars.parse(expression);
    return true;
  } catch {
    return false;
  }
}

function hintFor(expression: string): string | undefined {
  if (/^\{\{\s*\./.test(expression)) return `write \\${expression} where the braces are meant as text`;
  if (/^\{\{\s*\}\}/.test(expression)) return 'put a name between the braces';
  return undefined;
}
