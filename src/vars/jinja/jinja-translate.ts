import { jinjaTokens, type Token } from './jinja-tokens.js';

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
    return reader.atEnd ? { handlebars: result.text } : undefined;
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: error.message };
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Unsupported extends Error {}
class Unreadable extends Error {}

interface Piece {
  readonly text: string;
  /** Needs parentheses where it is given to a function. */
  readonly call: boolean;
}

const comparisons: Readonly<Record<string, string>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
};

const words = new Map(Object.entries({ True: 'true', False: 'false', None: 'null', none: 'null' }));

/** Filters, methods and tests that are functions here, the value first. */
const functions: Readonly<Record<string, string>> = {
  default: 'default',
  d: 'default',
  lower: 'lower',
  upper: 'upper',
  trim: 'trim',
  strip: 'trim',
  replace: 'replace',
  split: 'split',
  join: 'join',
  length: 'length',
  count: 'length',
  first: 'first',
  last: 'last',
  list: '',
  string: '',
  int: 'number',
  float: 'number',
  to_json: 'json',
  tojson: 'json',
  to_nice_json: 'json',
  basename: 'basename',
  dirname: 'dirname',
  keys: 'keys',
  get: 'get',
  bool: '',
  ternary: 'ternary',
  union: 'concat',
  search: 'matches',
  match: 'matches',
  regex: 'matches',
  contains: 'contains',
  defined: 'defined',
  eq: 'eq',
  equalto: 'eq',
  ne: 'ne',
  gt: 'gt',
  ge: 'gte',
  lt: 'lt',
  le: 'lte',
  in: 'in',
};

/** A recursive descent over Jinja's grammar, from the loosest operator to the tightest. */
class JinjaReader {
  #position = 0;

  readonly #tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#position >= this.#tokens.length;
  }

  ternary(): Piece {
    const yes = this.#or();
    if (!this.#accept('if')) return yes;
    const condition = this.#or();
    const no = this.#accept('else') ? this.ternary() : { text: '""', call: false };
    return call('ternary', condition, yes, no);
  }

  #or(): Piece {
    return this.#chain('or', () => this.#chain('and', () => this.#not()));
  }

  #chain(word: string, next: () => Piece): Piece {
    const parts = [next()];
    while (this.#accept(word)) parts.push(next());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : call(word, ...parts);
  }

  #not(): Piece {
    return this.#accept('not') ? call('not', this.#not()) : this.#comparison();
  }

  #comparison(): Piece {
    const left = this.#concatenation();
    const sign = this.#peek();
    const helper = sign?.kind === 'sign' ? comparisons[sign.text] : undefined;
    if (helper !== undefined) {
      this.#position += 1;
      return call(helper, left, this.#concatenation());
    }
    if (this.#accept('in')) return call('in', left, this.#concatenation());
    if (this.#accept('not')) {
      if (!this.#accept('in')) throw new Unreadable();
      return call('not', call('in', left, this.#concatenation()));
    }
    return left;
  }

  #concatenation(): Piece {
    const parts = [this.#unary()];
    for (;;) {
      const sign = this.#peek()?.text ?? '';
      if (sign === '~' || sign === '+') this.#position += 1;
      else if (['-', '*', '/', '//', '%', '**'].includes(sign)) throw new Unsupported(`arithmetic (${sign})`);
      else break;
      parts.push(this.#unary());
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : call('concat', ...parts);
  }

  #unary(): Piece {
    if (this.#accept('-')) {
      const operand = this.#unary();
      return { ...operand, text: `-${operand.text}` };
    }
    let piece = this.#primary();
    for (;;) {
      if (this.#accept('.')) piece = this.#member(piece);
      else if (this.#accept('[')) piece = this.#subscript(piece);
      else if (this.#accept('|')) piece = this.#apply('filter', piece);
      else if (this.#accept('is')) piece = this.#test(piece);
      else return piece;
    }
  }

  #primary(): Piece {
    const token = this.#next();
    if (token.kind === 'number') return { text: token.text, call: false };
    if (token.kind === 'text') return { text: literal(token.text), call: false };
    if (token.text === '(') {
      const inside = this.ternary();
      this.#expect(')');
      return inside;
    }
    if (token.text === '[' || token.text === '{') throw new Unsupported('a list or map inside an expression');
    if (token.kind !== 'name') throw new Unreadable();
    if (this.#peek()?.text === '(') throw new Unsupported(`the function ${token.text}()`);
    return { text: words.get(token.text) ?? token.text, call: false };
  }

  #member(piece: Piece): Piece {
    const token = this.#next();
    if (this.#peek()?.text === '(') {
      this.#position -= 1;
      return this.#apply('method', piece);
    }
    return access(piece, token.text);
  }

  #subscript(piece: Piece): Piece {
    const token = this.#peek();
    const key = this.ternary();
    if (this.#peek()?.text === ':') throw new Unsupported('a slice');
    this.#expect(']');
    if (piece.call || token?.kind === 'name') return call('get', piece, key);
    if (token?.kind === 'number') return access(piece, token.text);
    return token?.kind === 'text' ? access(piece, token.text.slice(1, -1)) : call('get', piece, key);
  }

  #test(piece: Piece): Piece {
    const negated = this.#accept('not');
    const word = this.#peek()?.text ?? '';
    const tested = this.#known(word, piece) ?? this.#apply('test', piece);
    return negated ? call('not', tested) : tested;
  }

  /** Tests that are not a function of the same name. */
  #known(word: string, piece: Piece): Piece | undefined {
    const made: Readonly<Record<string, Piece>> = {
      undefined: call('not', call('defined', piece)),
      none: call('eq', piece, { text: 'null', call: false }),
      truthy: piece,
      falsy: call('not', piece),
      changed: access(piece, 'changed'),
      failed: access(piece, 'failed'),
      skipped: access(piece, 'skipped'),
      succeeded: call('not', access(piece, 'failed')),
      success: call('not', access(piece, 'failed')),
    };
    const found = Object.hasOwn(made, word) ? made[word] : undefined;
    if (found !== undefined) this.#position += 1;
    return found;
  }

  #apply(what: string, piece: Piece): Piece {
    const { text: word } = this.#next();
    const values = [piece];
    if (this.#accept('(')) {
      while (!this.#accept(')')) {
        values.push(this.ternary());
        this.#accept(',');
      }
    } else if (what === 'test' && this.#startsValue()) values.push(this.#unary());
    const helper = Object.hasOwn(functions, word) ? functions[word] : undefined;
    if (helper === undefined) throw new Unsupported(`the ${what} ${word}`);
    if (helper === '') return piece;
    const onlyFallback = helper === 'default' ? values.slice(0, 2) : values;
    return call(helper, ...onlyFallback, ...(helper === 'default' && values.length < 2 ? [empty] : []));
  }

  #startsValue(): boolean {
    const token = this.#peek();
    if (token === undefined) return false;
    return token.kind === 'name'
      ? !['and', 'or', 'if', 'else', 'not', 'is', 'in'].includes(token.text)
      : token.kind !== 'sign';
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#position];
  }

  #next(): Token {
    const token = this.#peek();
    if (token === undefined) throw new Unreadable();
    this.#position += 1;
    return token;
  }

  #accept(text: string): boolean {
    const token = this.#peek();
    if (token === undefined || token.kind === 'text' || token.text !== text) return false;
    this.#position += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw new Unreadable();
  }
}

const empty: Piece = { text: '""', call: false };

function call(helper: string, ...values: readonly Piece[]): Piece {
  const words = values.map((value) => (value.call ? `(${value.text})` : value.text));
  return { text: [helper, ...words].join(' '), call: true };
}

function access(piece: Piece, key: string): Piece {
  if (piece.call) return call('get', piece, { text: /^\d+$/.test(key) ? key : literal(`"${key}"`), call: false });
  const step = /^[A-Za-z_][\w-]*$/.test(key) ? key : `[${key}]`;
  return { text: `${piece.text}.${step}`, call: false };
}

/** Returns the same text in the quotes that a Handlebars text can have. */
function literal(quoted: string): string {
  const text = quoted.slice(1, -1).replace(/\\(['"])/g, '$1');
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}
