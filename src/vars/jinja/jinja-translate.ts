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
    return reader.atEnd ? { handlebars: plain(result).text } : undefined;
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
  /** Is a text or number as it was written. */
  readonly literal?: 'text' | 'number';
  /** A filter after which Jinja prints a number otherwise: to be compared alone. */
  readonly onlyCompared?: string;
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

/** Filters and methods that are functions here, the value first. An empty name gives the value itself. */
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
  string: 'string',
  int: 'int',
  float: 'number',
  basename: 'basename',
  dirname: 'dirname',
  keys: 'keys',
  get: 'get',
  bool: 'bool',
  ternary: 'ternary',
  union: 'union',
};

/** Filters whose counterpart gives something else, with what it is. */
const others: Readonly<Record<string, string>> = {
  list: 'leave it out for a list, write keys for a map',
  to_json: 'json gives the same data without blanks',
  tojson: 'json gives the same data without blanks',
  to_nice_json: 'json gives the same data on one line',
  to_yaml: 'yaml gives the same data in another form',
  to_nice_yaml: 'yaml gives the same data in another form',
};

/** Tests that are functions here, the value first. */
const tests: Readonly<Record<string, string>> = {
  search: 'matches',
  regex: 'matches',
  match: 'matches',
  contains: 'contains',
  defined: 'defined',
  eq: 'eq',
  equalto: 'eq',
  ne: 'ne',
  gt: 'gt',
  greaterthan: 'gt',
  ge: 'gte',
  lt: 'lt',
  lessthan: 'lt',
  le: 'lte',
  in: 'in',
};

/** Names that methods have, of those of filters: the others are a filter's alone. */
const methods: readonly string[] = ['lower', 'upper', 'strip', 'replace', 'split', 'join', 'keys', 'get'];

/** Facts that have Ansible's names and values here too: `ansible_facts['os_family']` is `ansible_os_family`. */
export const ansibleFactNames: readonly string[] = [
  'hostname',
  'fqdn',
  'os_family',
  'distribution',
  'distribution_version',
  'distribution_major_version',
  'architecture',
  'default_ipv4',
  'all_ipv4_addresses',
  'user_id',
];

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
      return compared(helper, left, this.#concatenation());
    }
    if (this.#accept('in')) return call('in', left, this.#concatenation());
    if (this.#accept('not')) {
      if (!this.#accept('in')) throw new Unreadable();
      return call('not', call('in', left, this.#concatenation()));
    }
    return left;
  }

  /** `~` binds less than `+`. */
  #concatenation(): Piece {
    const parts = [this.#sum()];
    while (this.#accept('~')) parts.push(this.#sum());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : call('concat', ...parts.map(plain));
  }

  #sum(): Piece {
    const parts = [this.#unary()];
    for (;;) {
      const sign = this.#peek()?.text ?? '';
      if (this.#peek()?.kind === 'sign' && ['-', '*', '/', '//', '%', '**'].includes(sign))
        throw new Unsupported(`arithmetic (${sign})`);
      if (!this.#accept('+')) break;
      parts.push(this.#unary());
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : call('add', ...parts.map(plain));
  }

  #unary(): Piece {
    if (this.#accept('-')) {
      const operand = this.#unary();
      if (operand.literal !== 'number') throw new Unsupported('arithmetic (-)');
      return { ...operand, text: `-${operand.text}` };
    }
    let piece = this.#withParts(this.#primary());
    for (;;) {
      if (this.#accept('|')) piece = this.#withParts(this.#apply('filter', piece));
      else if (this.#accept('is')) piece = this.#withParts(this.#test(piece));
      else return piece;
    }
  }

  #withParts(whole: Piece): Piece {
    let piece = whole;
    for (;;) {
      if (this.#accept('.')) piece = this.#member(piece);
      else if (this.#accept('[')) piece = this.#subscript(piece);
      else return piece;
    }
  }

  #primary(): Piece {
    const token = this.#next();
    if (token.kind === 'number') return { text: token.text, call: false, literal: 'number' };
    if (token.kind === 'text') return { text: literal(token.text), call: false, literal: 'text' };
    if (token.text === '(') {
      const inside = this.ternary();
      this.#expect(')');
      return inside;
    }
    if (token.text === '[' || token.text === '{') throw new Unsupported('a list or map inside an expression');
    if (token.kind !== 'name') throw new Unreadable();
    if (this.#peek()?.text === '(') throw new Unsupported(`the function ${token.text}()`);
    if (token.text === 'ansible_facts') return this.#fact();
    return { text: words.get(token.text) ?? token.text, call: false };
  }

  /** `ansible_facts['os_family']` or `ansible_facts.os_family`, with Ansible's value. */
  #fact(): Piece {
    const isMember = this.#accept('.');
    if (!isMember && !this.#accept('[')) throw new Unsupported('ansible_facts as a whole');
    const { text, kind } = this.#next();
    if (!isMember) this.#expect(']');
    const name = (kind === 'text' ? text.slice(1, -1) : isMember ? text : '').replace(/^ansible_/, '');
    if (!ansibleFactNames.includes(name)) throw new Unsupported(`the fact ${name === '' ? text : name}`);
    return { text: `ansible_${name}`, call: false };
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
    if (
      piece.call ||
      key.literal === undefined ||
      /^-|[\]\\"']/.test(key.text.slice(1, -1)) ||
      key.text.startsWith('-')
    )
      return call('get', piece, plain(key));
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
      undefined: isGet(piece) ? call('eq', piece, nothing) : call('not', call('defined', piece)),
      none: call('eq', piece, nothing),
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
    if (found !== undefined && word === 'none' && isGet(piece)) throw new Unsupported('the test none of a part');
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
    } else if (what === 'test' && this.#startsValue()) values.push(this.#withParts(this.#primary()));
    const table = what === 'test' ? tests : functions;
    const other = Object.hasOwn(others, word) && what === 'filter' ? ` (${others[word]})` : undefined;
    const helper =
      Object.hasOwn(table, word) && (what !== 'method' || methods.includes(word)) ? table[word] : undefined;
    if (helper === undefined) throw new Unsupported(`the ${what} ${word}${other ?? ''}`);
    return called(helper, what, word, values.map(plain));
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

/** Fewest and most values of a function that takes others than one. */
const arities: Readonly<Record<string, readonly [number, number]>> = {
  default: [1, 3],
  replace: [3, 3],
  split: [2, 2],
  join: [1, 2],
  get: [2, 3],
  ternary: [3, 3],
  union: [2, 2],
  matches: [2, 2],
  contains: [2, 2],
  eq: [2, 2],
  ne: [2, 2],
  gt: [2, 2],
  gte: [2, 2],
  lt: [2, 2],
  lte: [2, 2],
  in: [2, 2],
};

const nothing: Piece = { text: 'null', call: false };

function isGet({ text }: Piece): boolean {
  return text.startsWith('get ');
}

/** Returns the call of a function that gives what a filter, method or test does. */
function called(helper: string, what: string, word: string, values: readonly Piece[]): Piece {
  const [value, first, second] = values;
  if (value === undefined) throw new Unreadable();
  const unsupported = () => new Unsupported(`the ${what} ${word} with these arguments`);
  const [least, most] = arities[helper] ?? [1, 1];
  if (values.length > most) throw unsupported();
  switch (helper) {
    case '':
      if (!/^(?:keys|split|union) /.test(value.text)) throw new Unsupported(`the filter list (${others.list})`);
      return value;
    case 'defined':
      // What a map does not have is null for get.
      return isGet(value) ? call('ne', value, nothing) : call('defined', value);
    case 'default':
      if (second === undefined) return call('default', value, first ?? empty);
      if (second.text === 'false') return call('default', value, first ?? empty);
      if (second.text !== 'true' || values.length > 3) throw unsupported();
      return call('or', call('default', value, empty), first ?? empty);
    case 'join':
      if (what === 'method') return first === undefined ? unreadable() : call('join', first, value);
      return call('join', value, first ?? empty);
    case 'number':
      return { ...call('number', value), onlyCompared: word };
    case 'matches':
      if (word !== 'match') break;
      // Jinja's match begins at the beginning; a pattern that may begin elsewhere in one of its parts is put together.
      if (first?.literal !== 'text') throw unsupported();
      return call(helper, value, { ...first, text: first.text.replace(/^(["'])(?:\^(?!.*\|))?(.*)\1$/s, anchored) });
  }
  if (values.length < least) throw unsupported();
  return call(helper, ...values);
}

function anchored(_: string, quote: string, pattern: string): string {
  return `${quote}^${pattern.includes('|') ? `(?:${pattern})` : pattern}${quote}`;
}

function unreadable(): never {
  throw new Unreadable();
}

/** Returns a piece that is printed or given to a function as it is. */
function plain(piece: Piece): Piece {
  if (piece.onlyCompared !== undefined) throw new Unsupported(`the filter ${piece.onlyCompared}, but in a comparison`);
  return piece;
}

/** A comparison; the names of our own facts are in small letters, whatever Ansible writes. */
function compared(helper: string, left: Piece, right: Piece): Piece {
  const isOurs = /^facts\.os_(?:family|id)$/.test(left.text) && right.literal === 'text';
  return call(helper, left, isOurs ? { ...right, text: right.text.toLowerCase() } : right);
}

function call(helper: string, ...values: readonly Piece[]): Piece {
  const words = values.map((value) => (value.call ? `(${value.text})` : value.text));
  return { text: [helper, ...words].join(' '), call: true };
}

function access(piece: Piece, key: string): Piece {
  if (piece.literal !== undefined) throw new Unsupported('a part of a text or number that is written there');
  if (piece.call) return call('get', piece, { text: /^\d+$/.test(key) ? key : literal(`"${key}"`), call: false });
  const step = /^[A-Za-z_][\w-]*$/.test(key) ? key : `[${key}]`;
  return { text: `${piece.text}.${step}`, call: false };
}

/** Returns the same text in the quotes that a Handlebars text can have. */
function literal(quoted: string): string {
  const text = quoted.slice(1, -1).replace(/\\(.)/gs, (written, escaped: string) => {
    if (/['"]/.test(escaped)) return escaped;
    // Ansible keeps these in values, and reads them as escapes in files of templates.
    if (/[\\abfnrtvxuUN0-7\n]/.test(escaped)) throw new Unsupported(`the escape \\${escaped}`);
    return written;
  });
  if (text.endsWith('\\') || (text.includes('"') && text.includes("'"))) throw new Unsupported(`the text ${quoted}`);
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}
