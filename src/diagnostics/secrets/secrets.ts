import { formsOf } from './secret-forms.js';

/** Text in place of a secret. */
const mask = '(secret)';

/** Length below which a secret is looked for as a whole word only: `test` must not cut the middle out of `latest`. */
const anywhere = 6;

/** Length of the beginning by which a secret that was cut off (`abcdefgh…`) is known. */
const beginning = 8;

/**
 * Secrets that must not be printed, and texts without them. One that is shorter than 4 characters is not looked for:
 * nothing could be printed any more, and it keeps nothing secret. One of 4 or 5 is replaced where it is a whole word.
 */
export class Secrets {
  readonly #forms = new Set<string>();
  readonly #byStart = new Map<string, string[]>();
  readonly #known = new Set<string>();
  readonly #outer: Secrets | undefined;
  #longest = 0;

  /** @param outer secrets that are looked for as well; what is added here is not added there */
  constructor(outer?: Secrets) {
    this.#outer = outer;
  }

  /** Keeps a text out of all output from now on. */
  add(secret: string): void {
    if (this.#known.has(secret)) return;
    this.#known.add(secret);
    for (const form of formsOf(secret)) {
      if (this.#forms.has(form)) continue;
      this.#forms.add(form);
      this.#longest = Math.max(this.#longest, form.length);
      const start = form.slice(0, 4);
      const others = this.#byStart.get(start);
      if (others === undefined) this.#byStart.set(start, [form]);
      else others.push(form);
    }
  }

  /** Forgets all of them, for tests, which share a process. */
  clear(): void {
    this.#forms.clear();
    this.#byStart.clear();
    this.#known.clear();
    this.#longest = 0;
  }

  /** Returns true when there are any to look for. */
  get any(): boolean {
    return this.#forms.size > 0 || this.#outer?.any === true;
  }

  /** Returns the text with `(secret)` in place of each secret, in whatever form. */
  redact(text: string): string {
    let shown = '';
    let done = 0;
    for (const { start, end } of this.#spansIn(text)) {
      shown += text.slice(done, start) + mask;
      done = end;
    }
    return done === 0 ? text : shown + text.slice(done);
  }

  /** Returns the length of the beginning that is safe to print: it ends within no secret, and no possible beginning of one. */
  safeLength(text: string): number {
    const begun = this.#unfinished(text);
    return this.#spansIn(text).find(({ start, end }) => start < begun && end > begun)?.start ?? begun;
  }

  #unfinished(text: string): number {
    for (let at = Math.max(0, text.length - this.#longestForm() + 1); at < text.length; at++) {
      const rest = text.slice(at);
      const candidates = rest.length < 4 ? this.#allForms() : this.#formsAt(rest, 0);
      for (const form of candidates) if (form.length > rest.length && form.startsWith(rest)) return at;
    }
    return text.length;
  }

  /** Finds the secrets of a text, in order; those that overlap are one. */
  #spansIn(text: string): readonly Span[] {
    const spans: Span[] = [];
    if (!this.any) return spans;
    for (let at = 0; at <= text.length - 4; at++) {
      const end = this.#endOfSecret(text, at);
      if (end === undefined) continue;
      const last = spans.at(-1);
      if (last !== undefined && at < last.end) last.end = Math.max(last.end, end);
      else spans.push({ start: at, end });
    }
    return spans;
  }

  #endOfSecret(text: string, at: number): number | undefined {
    let end: number | undefined;
    for (const form of this.#formsAt(text, at)) {
      const length = commonLength(form, text, at);
      const whole = length === form.length && (length >= anywhere || isWord(text, at, at + length));
      const cut = length >= beginning && /^(?:…|\.\.\.)/.test(text.slice(at + length, at + length + 3));
      if (whole || cut) end = Math.max(end ?? 0, at + length);
    }
    return end;
  }

  #formsAt(text: string, at: number): readonly string[] {
    const forms = this.#byStart.get(text.slice(at, at + 4)) ?? none;
    const others = this.#outer === undefined ? none : this.#outer.#formsAt(text, at);
    if (others.length === 0) return forms;
    return forms.length === 0 ? others : [...forms, ...others];
  }

  #allForms(): readonly string[] {
    return this.#outer === undefined ? [...this.#forms] : [...this.#forms, ...this.#outer.#allForms()];
  }

  #longestForm(): number {
    return this.#outer === undefined ? this.#longest : Math.max(this.#longest, this.#outer.#longestForm());
  }
}

const none: readonly string[] = [];

interface Span {
  readonly start: number;
  end: number;
}

function commonLength(form: string, text: string, at: number): number {
  let length = 0;
  while (length < form.length && form.charCodeAt(length) === text.charCodeAt(at + length)) length += 1;
  return length;
}

function isWord(text: string, start: number, end: number): boolean {
  const letter = /[\p{L}\p{N}]/u;
  return !letter.test(text.charAt(start - 1)) && !letter.test(text.charAt(end));
}
