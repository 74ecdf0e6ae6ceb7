import { TemplateError } from './template-error.js';

/** Most levels of blocks, branches of a block, and parentheses in each other. */
const deepest = 100;

/** Most expressions of a template. */
const mostExpressions = 10_000;

/**
 * Refuses a template that Handlebars would take very long for, or that it cannot follow: its parser's time grows with
 * the square of the depth, and all that walks over what it gives goes as deep.
 *
 * @throws TemplateError
 */
export function refuseTooMuch(text: string): void {
  /** For each block that is open, how many levels it and its branches are. */
  const levels: number[] = [];
  let depth = 0;
  let open = text.indexOf('{{');
  for (let count = 1; open >= 0; count += 1) {
    if (count > mostExpressions)
      throw new TemplateError(`a template has at most ${mostExpressions} expressions`, { offset: open });
    const close = text.indexOf('}}', open);
    const end = close < 0 ? text.length : close;
    const sign = signOf(text.slice(open, Math.min(end, open + 100)));
    if (sign === 'close') depth -= levels.pop() ?? 0;
    else if (sign !== undefined) {
      levels.push(sign === 'open' ? 1 : (levels.pop() ?? 0) + 1);
      depth += 1;
    }
    if (depth > deepest) throw tooDeep(open);
    refuseParentheses(text, open, end);
    open = text.indexOf('{{', Math.max(end, open + 2));
  }
}

/** Reads from the beginning of an expression if it opens a block, begins a branch, or closes one. */
function signOf(expression: string): 'open' | 'branch' | 'close' | undefined {
  const [, sign] = /^\{+~?\s*([#/]|\^\s*[^~\s]|else\s+\w)/.exec(expression) ?? [];
  if (sign === undefined) return undefined;
  if (sign === '/') return 'close';
  return sign.startsWith('else') ? 'branch' : 'open';
}

function refuseParentheses(text: string, from: number, to: number): void {
  let depth = 0;
  for (let at = from; at < to; at += 1) {
    const letter = text.charAt(at);
    if (letter === '(') depth += 1;
    else if (letter === ')') depth -= 1;
    if (depth > deepest) throw tooDeep(at);
  }
}

function tooDeep(offset: number): TemplateError {
  const hint = 'put a part of it in a variable of its own';
  return new TemplateError(`this stands deeper than ${deepest} levels in the template`, { hint, offset });
}
