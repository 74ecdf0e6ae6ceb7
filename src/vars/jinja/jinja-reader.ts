import {
  access,
  call,
  compared,
  isGet,
  literal,
  nothing,
  type Piece,
  plain,
  Unreadable,
  Unsupported,
} from './jinja-pieces.js';
import type { Token } from './jinja-tokens.js';
import { ansibleFactNames, applied } from './jinja-words.js';

const comparisons: Readonly<Record<string, string>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
};

const words = new Map(Object.entries({ True: 'true', False: 'false', None: 'null', none: 'null' }));

/** A recursive descent over Jinja's grammar, from the loosest operator to the tightest. */
export class JinjaReader {
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

  #apply(what: 'filter' | 'method' | 'test', piece: Piece): Piece {
    const { text: word } = this.#next();
    const values = [piece];
    if (this.#accept('(')) {
      while (!this.#accept(')')) {
        values.push(this.ternary());
        this.#accept(',');
      }
    } else if (what === 'test' && this.#startsValue()) values.push(this.#withParts(this.#primary()));
    return applied(what, word, values.map(plain));
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
