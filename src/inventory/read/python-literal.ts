import { type PythonText, pythonText } from './python-text.js';

/** A value as Python writes it: numbers, text, True, False, None, and lists and maps of them. A tuple is a list here. */
export type PythonValue =
  | string
  | number
  | boolean
  | null
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue };

/**
 * Returns the value of a Python literal, by the rules that Ansible has for INI inventories (`ast.literal_eval`);
 * undefined for all else, which is text. What JSON can't hold is text too: sets, bytes, complex numbers. So is a whole
 * number of more digits than a number here keeps.
 */
export function pythonLiteral(text: string): { readonly value: PythonValue } | undefined {
  const reader = new LiteralReader(text.replace(/^[ \t]+/, ''));
  const value = reader.items(0);
  return value === no || !reader.ended() ? undefined : { value };
}

const no = Symbol('no literal');
type Read = PythonValue | typeof no;

/** Python refuses brackets nested deeper. */
const deepest = 200;

class LiteralReader {
  #at = 0;

  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Tells if nothing but a comment is left. */
  ended(): boolean {
    return /^[ \t\f]*(?:#.*)?$/.test(this.#text.slice(this.#at));
  }

  /** Reads one value, or several with commas between them, which are a list. */
  items(depth: number): Read {
    const first = this.#value(depth);
    if (first === no || !this.#take(/,/y)) return first;
    const items = [first];
    while (!this.ended() && !this.#looksAt(')')) {
      const item = this.#value(depth);
      if (item === no) return no;
      items.push(item);
      if (!this.#take(/,/y)) break;
    }
    return items;
  }

  #value(depth: number): Read {
    if (depth > deepest) return no;
    const word = this.#take(/(?:True|False|None)(?!\w)/y);
    if (word !== undefined) return word === 'None' ? null : word === 'True';
    if (this.#take(/\[/y)) return this.#list(depth + 1);
    if (this.#take(/\(/y)) return this.#parenthesized(depth + 1);
    if (this.#take(/\{/y)) return this.#map(depth + 1);
    return this.#number() ?? this.#strings();
  }

  #list(depth: number): Read {
    const items: PythonValue[] = [];
    while (!this.#take(/\]/y)) {
      const item = this.#value(depth);
      if (item === no) return no;
      items.push(item);
      if (!this.#take(/,/y) && !this.#looksAt(']')) return no;
    }
    return items;
  }

  #parenthesized(depth: number): Read {
    if (this.#take(/\)/y)) return [];
    const value = this.items(depth);
    return this.#take(/\)/y) ? value : no;
  }

  #map(depth: number): Read {
    const entries: [string, PythonValue][] = [];
    while (!this.#take(/\}/y)) {
      const key = this.#value(depth);
      if (key === no || typeof key === 'object' ? key !== null : false) return no;
      if (!this.#take(/:/y)) return no;
      const value = this.#value(depth);
      if (value === no) return no;
      entries.push([String(key), value]);
      if (!this.#take(/,/y) && !this.#looksAt('}')) return no;
    }
    return Object.fromEntries(entries);
  }

  #number(): Read | undefined {
    const before = this.#at;
    const sign = this.#take(/[+-]/y);
    const found = this.#take(numbers);
    if (found === undefined || /^[\w.]/.test(this.#text.slice(this.#at))) {
      this.#at = before;
      return sign === undefined ? undefined : no;
    }
    const digits = found.replaceAll('_', '');
    const whole = /^(?:\d+|0[xob].+)$/i.test(digits);
    const number = Number(digits);
    if (whole && !Number.isSafeInteger(number)) return `${sign === '-' ? '-' : ''}${BigInt(digits)}`;
    if (!Number.isFinite(number)) return no;
    return sign === '-' ? 0 - number : number;
  }

  /** Texts that stand beside each other are one. */
  #strings(): Read {
    let all: string | undefined;
    for (;;) {
      this.#take(/(?=.)/y);
      const found: PythonText | undefined = pythonText(this.#text, this.#at);
      if (found === undefined) return all ?? no;
      if (found.value === undefined) return no;
      all = (all ?? '') + found.value;
      this.#at = found.end;
    }
  }

  /** Takes what the expression finds behind blanks. */
  #take(expression: RegExp): string | undefined {
    const blanks = /[ \t\f]*/y;
    blanks.lastIndex = this.#at;
    blanks.test(this.#text);
    expression.lastIndex = blanks.lastIndex;
    const found = expression.exec(this.#text)?.[0];
    if (found !== undefined) this.#at = expression.lastIndex;
    return found;
  }

  #looksAt(character: string): boolean {
    return this.#text.slice(this.#at).trimStart().startsWith(character);
  }
}

const digits = String.raw`\d(?:_?\d)*`;
const exponent = `[eE][+-]?${digits}`;
const numbers = new RegExp(
  [
    '0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+',
    String.raw`(?:${digits})?\.${digits}(?:${exponent})?|${digits}\.(?:${exponent})?|${digits}${exponent}`,
    '[1-9](?:_?\\d)*|0(?:_?0)*',
  ].join('|'),
  'y',
);
