import Handlebars from 'handlebars';
import { jinjaHint } from './jinja-hint.js';
import { TemplateError } from './template-error.js';

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

/**
 * Reads a template.
 *
 * @throws TemplateError with the offset of the expression at fault, and how to write it where it is Jinja's
 */
export function parseTemplate(text: string): hbs.AST.Program {
  const statement = /\{%[-+]?\s*(?:if|elif|else|endif|for|endfor|set|macro|include|block|raw)\b/.exec(text);
  if (statement !== null) {
    throw new TemplateError('Jinja statements are not understood: templates are Handlebars', {
      hint: jinjaHint(text),
      offset: statement.index,
    });
  }
  try {
    return Handlebars.parse(text);
  } catch (error) {
    throw syntaxError(text, error);
  }
}

/** Offset of a node in the text it was parsed from. */
export function offsetOf(text: string, node: hbs.AST.Node): number {
  return offsetAt(text, node.loc.start.line, node.loc.start.column);
}

function offsetAt(text: string, line: number, column: number): number {
  let start = 0;
  for (let current = 1; current < line; current += 1) start = text.indexOf('\n', start) + 1;
  return start + column;
}

/** The parser says little about where it stopped; the first expression that can't be read alone is the one. */
function syntaxError(text: string, error: unknown): TemplateError {
  for (const match of text.matchAll(/(?<!\\)\{\{\{?(?![#^/!>]|else\b)[\s\S]*?\}\}\}?/g)) {
    if (isReadable(match[0])) continue;
    const hint = jinjaHint(match[0]) ?? hintFor(match[0]);
    return new TemplateError(`${match[0]} is not a Handlebars expression`, { hint, offset: match.index });
  }
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
