import { literals, words } from './read-name.js';
import type { Comparison, TemplateExpression } from './syntax.js';
import { ImageTemplateError, placeIn, unsupportedError } from './template-text.js';
import type { TemplateToken, TokenReader } from './tokens.js';

/** Most levels of expressions and blocks in each other, and most calls behind one value. */
export const deepestLevel = 50;

const comparisons = new Map<string, Comparison>(
  (['==', '!=', '<', '<=', '>', '>='] as const).map((sign) => [sign, sign]),
);
/**
 * Reads an expression of Jinja's as far as templates of images use it; all else is refused where it stands.
 *
 * @throws ImageTemplateError
 */
export function readExpression(tokens: TokenReader, depth = 0): TemplateExpression {
  const { at, end } = tokens.peek();
  if (depth > deepestLevel) {
    throw new ImageTemplateError(
      `this stands deeper than ${deepestLevel} levels in the template`,
      placeIn(tokens.template, at, end - at),
    );
  }
  const yes = readChain(tokens, depth, 'or');
  if (!tokens.accept('if')) return yes;
  const condition = readChain(tokens, depth, 'or');
  const no = tokens.accept('else') ? readExpression(tokens, depth + 1) : undefined;
  return { kind: 'choice', condition, yes, no, at: yes.at, end: (no ?? condition).end };
}

function readChain(tokens: TokenReader, depth: number, kind: 'or' | 'and'): TemplateExpression {
  const next = () => (kind === 'or' ? readChain(tokens, depth, 'and') : readNot(tokens, depth));
  const first = next();
  const parts = [first];
  while (tokens.accept(kind)) parts.push(next());
  return parts.length === 1 ? first : spanOf(parts, kind);
}

function readNot(tokens: TokenReader, depth: number): TemplateExpression {
  const { at } = tokens.peek();
  let odd = false;
  let negated = false;
  for (; tokens.accept('not'); negated = true) odd = !odd;
  const value = readComparison(tokens, depth);
  if (!negated) return value;
  const not: TemplateExpression = { kind: 'not', operand: value, at, end: value.end };
  return odd ? not : { kind: 'not', operand: not, at, end: value.end };
}

function readComparison(tokens: TokenReader, depth: number): TemplateExpression {
  const left = readJoin(tokens, depth);
  const token = tokens.peek();
  const sign = token.kind === 'sign' ? comparisons.get(token.text) : undefined;
  if (sign !== undefined) tokens.next();
  const negated = sign === undefined && tokens.accept('not');
  const inside = sign === undefined && (negated ? tokens.expect('in') !== undefined : tokens.accept('in'));
  if (sign === undefined && !inside) return left;
  const right = readJoin(tokens, depth);
  const found: TemplateExpression = { kind: 'compare', sign: sign ?? 'in', left, right, at: left.at, end: right.end };
  return negated ? { kind: 'not', operand: found, at: left.at, end: right.end } : found;
}

function readJoin(tokens: TokenReader, depth: number): TemplateExpression {
  const first = readCalls(tokens, depth);
  const parts = [first];
  while (tokens.accept('+')) parts.push(readCalls(tokens, depth));
  return parts.length === 1 ? first : spanOf(parts, 'join');
}

/** Reads a value and what follows it: `.startswith(…)`, `.endswith(…)`, `| default(…)`, `is [not] defined`. */
function readCalls(tokens: TokenReader, depth: number): TemplateExpression {
  let value = readValue(tokens, depth);
  for (let count = 0; ; count += 1) {
    const token = tokens.peek();
    if (count > deepestLevel)
      throw unsupportedError(tokens.template, `more than ${deepestLevel} calls behind each other`, token.at);
    if (tokens.accept('.')) value = readMethod(tokens, depth, value);
    else if (tokens.accept('|')) value = readFilter(tokens, depth, value);
    else if (tokens.accept('is')) value = readTest(tokens, value);
    else if (token.kind === 'sign' && (token.text === '[' || token.text === '(')) {
      throw unsupportedError(tokens.template, token.text, token.at);
    } else return value;
  }
}

function readMethod(tokens: TokenReader, depth: number, whole: TemplateExpression): TemplateExpression {
  const { text, at } = tokens.next();
  if (text !== 'startswith' && text !== 'endswith') throw unsupportedError(tokens.template, text || '.', at);
  const { argument: part, end } = readArgument(tokens, depth);
  return { kind: text, whole, part, at: whole.at, end };
}

function readFilter(tokens: TokenReader, depth: number, value: TemplateExpression): TemplateExpression {
  const { text, at } = tokens.next();
  if (text !== 'default') throw unsupportedError(tokens.template, `the filter ${text}`, at);
  const { argument: fallback, end } = readArgument(tokens, depth);
  return { kind: 'default', value, fallback, at: value.at, end };
}

function readArgument(
  tokens: TokenReader,
  depth: number,
): { readonly argument: TemplateExpression; readonly end: number } {
  tokens.expect('(');
  const argument = readExpression(tokens, depth + 1);
  return { argument, end: tokens.expect(')').end };
}

function readTest(tokens: TokenReader, value: TemplateExpression): TemplateExpression {
  const negated = tokens.accept('not');
  const { text, at, end } = tokens.next();
  if (text !== 'defined') throw unsupportedError(tokens.template, `the test ${text}`, at);
  if (value.kind !== 'name') throw unsupportedError(tokens.template, 'is defined behind anything but a name', value.at);
  const found: TemplateExpression = { kind: 'defined', name: value.name, at: value.at, end };
  return negated ? { kind: 'not', operand: found, at: value.at, end } : found;
}

function readValue(tokens: TokenReader, depth: number): TemplateExpression {
  const token = tokens.next();
  const { kind, text, at, end } = token;
  if (kind === 'text') return { kind: 'literal', value: text, at, end };
  if (kind === 'number') {
    const point = tokens.peek();
    if (point.kind === 'sign' && point.text === '.')
      throw unsupportedError(tokens.template, `${text}.`, at, 'write a number with a point in quotes');
    return { kind: 'literal', value: Number(text), at, end };
  }
  if (kind === 'name') {
    const literal = literals.get(text);
    if (literal !== undefined) return { kind: 'literal', value: literal, at, end };
    if (!words.has(text)) return { kind: 'name', name: text, at, end };
  }
  if (kind === 'sign' && text === '(') {
    const inside = readExpression(tokens, depth + 1);
    return { ...inside, at, end: tokens.expect(')').end };
  }
  if (kind === 'sign' && text === '[') return readList(tokens, depth, token);
  if (kind === 'sign') throw unsupportedError(tokens.template, text, at);
  throw tokens.unexpectedError(token, 'a value');
}

function readList(tokens: TokenReader, depth: number, { at }: TemplateToken): TemplateExpression {
  const items: TemplateExpression[] = [];
  for (;;) {
    const { end } = tokens.peek();
    if (tokens.accept(']')) return { kind: 'list', items, at, end };
    items.push(readExpression(tokens, depth + 1));
    if (!tokens.accept(',')) return { kind: 'list', items, at, end: tokens.expect(']').end };
  }
}

function spanOf(parts: readonly TemplateExpression[], kind: 'or' | 'and' | 'join'): TemplateExpression {
  const [first, last] = [parts[0], parts.at(-1)];
  return { kind, parts, at: first?.at ?? 0, end: last?.end ?? 0 };
}
