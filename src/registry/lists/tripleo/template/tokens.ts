import { ImageTemplateError, placeIn, type TemplateText, unsupportedError, visibleWord } from './template-text.js';

/** A part of a template: text to be written as it is, the edge of a tag, or a word within one. */
export interface TemplateToken {
  readonly kind: 'data' | 'open' | 'close' | 'name' | 'text' | 'number' | 'sign' | 'end';
  /** As it is meant: of a text in quotes, what is between them. */
  readonly text: string;
  /** Its start and end in the template, in characters. */
  readonly at: number;
  readonly end: number;
}

const closings: Readonly<Record<string, string>> = { '{%': '%}', '{{': '}}' };
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };

/** Reader of a template's tokens, in time that is linear in its length. */
export class TokenReader {
  #at = 0;
  #closing: string | undefined;
  #trimNext = false;
  #peeked: TemplateToken | undefined;

  constructor(readonly template: TemplateText) {}

  peek(): TemplateToken {
    this.#peeked ??= this.#closing === undefined ? this.#data() : this.#word(this.#closing);
    return this.#peeked;
  }

  next(): TemplateToken {
    const token = this.peek();
    this.#peeked = undefined;
    return token;
  }

  /** Takes the next token if it is this word or sign. */
  accept(text: string): boolean {
    const { kind, text: found } = this.peek();
    if ((kind !== 'name' && kind !== 'sign' && kind !== 'close') || found !== text) return false;
    this.next();
    return true;
  }

  expect(text: string): TemplateToken {
    const token = this.peek();
    if (!this.accept(text)) throw this.unexpectedError(token, text);
    return token;
  }

  /** Returns the error of a token that stands where another is expected. */
  unexpectedError({ kind, text, at, end }: TemplateToken, wanted: string): ImageTemplateError {
    const found = kind === 'end' ? 'the end of the template' : kind === 'text' ? 'a text' : visibleWord(text);
    return new ImageTemplateError(`expected ${wanted}, found ${found}`, placeIn(this.template, at, end - at));
  }

  /** Reads text up to the next tag; comments are skipped. */
  #data(): TemplateToken {
    const { text } = this.template;
    for (;;) {
      const start = this.#at;
      const open = nextOpening(text, start);
      const trimEnd = text.charAt(open + 2) === '-' && open < text.length;
      if (open > start) {
        const piece = this.#trimText(start, open, trimEnd);
        this.#at = open;
        if (piece.text !== '') return piece;
      }
      this.#trimNext = false;
      if (open === text.length) return { kind: 'end', text: '', at: open, end: open };
      if (text.charAt(open + 1) === '#') {
        this.#skipComment(open);
        continue;
      }
      const delimiter = text.slice(open, open + 2);
      this.#at = open + (trimEnd ? 3 : 2);
      this.#closing = closings[delimiter];
      return { kind: 'open', text: delimiter, at: open, end: this.#at };
    }
  }

  #trimText(start: number, end: number, trimEnd: boolean): TemplateToken {
    const whole = this.template.text.slice(start, end);
    const left = this.#trimNext ? whole.trimStart() : whole;
    const at = end - left.length;
    return { kind: 'data', text: trimEnd ? left.trimEnd() : left, at, end };
  }

  #skipComment(open: number): void {
    const close = this.template.text.indexOf('#}', open + 2);
    if (close < 0)
      throw new ImageTemplateError('{# is not closed', placeIn(this.template, open, 2), 'close it with #}');
    this.#trimNext = close > open + 2 && this.template.text.charAt(close - 1) === '-';
    this.#at = close + 2;
  }

  #word(closing: string): TemplateToken {
    const { text } = this.template;
    const at = matchAt(/\s*/y, text, this.#at).end;
    const trims = text.startsWith(`-${closing}`, at);
    if (trims || text.startsWith(closing, at)) {
      this.#closing = undefined;
      this.#trimNext = trims;
      return this.#token('close', closing, at, at + closing.length + (trims ? 1 : 0));
    }
    const first = text.charAt(at);
    if (first === '') return { kind: 'end', text: '', at, end: at };
    if (first === '"' || first === "'") return this.#quotedText(first, at);
    const word = matchAt(/[\p{L}\p{M}\p{N}\p{Pc}\p{Cf}$\\]+/uy, text, at);
    if (word.text === '') {
      const sign = matchAt(/[=!<>]=/y, text, at).text || String.fromCodePoint(text.codePointAt(at) ?? 0);
      return this.#token('sign', sign, at, at + sign.length);
    }
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(word.text)) return this.#token('name', word.text, at, word.end);
    if (/^[0-9]{1,15}$/.test(word.text)) return this.#token('number', word.text, at, word.end);
    const hint = 'names have the letters a to z, digits and _ only; other text stands in quotes';
    throw unsupportedError(this.template, word.text, at, hint);
  }

  #quotedText(quote: string, start: number): TemplateToken {
    const { text } = this.template;
    let content = '';
    for (let at = start + 1; at < text.length; at += 1) {
      const letter = text.charAt(at);
      if (letter === quote) return this.#token('text', content, start, at + 1);
      if (letter !== '\\') content += letter;
      else {
        at += 1;
        const meant = Object.hasOwn(escapes, text.charAt(at)) ? escapes[text.charAt(at)] : undefined;
        if (meant === undefined)
          throw unsupportedError(this.template, `\\${text.charAt(at)}`, at - 1, 'write the letter itself');
        content += meant;
      }
    }
    const place = placeIn(this.template, start);
    throw new ImageTemplateError(`${quote} is not closed`, place, `close the text with ${quote}`);
  }

  #token(kind: TemplateToken['kind'], text: string, at: number, end: number): TemplateToken {
    this.#at = end;
    return { kind, text, at, end };
  }
}

function nextOpening(text: string, from: number): number {
  const opening = /\{[{%#]/g;
  opening.lastIndex = from;
  return opening.exec(text)?.index ?? text.length;
}

function matchAt(pattern: RegExp, text: string, at: number): { readonly text: string; readonly end: number } {
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0] ?? '';
  return { text: found, end: at + found.length };
}
