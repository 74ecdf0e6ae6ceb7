import { formsOf, shortest } from './secret-forms.js';
import { type Span, TextFinder } from './text-finder.js';

/** Text in place of a secret. */
export const mask = '(secret)';

/** Length below which a secret is looked for as a whole word only: `test` must not cut the middle out of `latest`. */
const anywhere = 6;

/** Length of the beginning by which a secret that was cut off (`abcdefgh…`) is known. */
const beginning = 8;

/**
 * Secrets that must not be printed, and texts without them. One that is shorter than 4 characters is not looked for:
 * nothing could be printed any more, and it keeps nothing secret. One of 4 or 5 is replaced where it is a whole word.
 */
export class Secrets {
  readonly #known = new Set<string>();
  readonly #forms = new Set<string>();
  /** Forms of secrets that were added since the last text. */
  #added: string[] = [];
  /** Finders of the others. Each has more than twice the forms of the next, so that few are ever made again. */
  #finders: TextFinder[] = [];
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
      this.#added.push(form);
    }
  }

  /** Forgets all of them, for tests, which share a process. */
  clear(): void {
    this.#forms.clear();
    this.#known.clear();
    this.#added = [];
    this.#finders = [];
    this.#longest = 0;
  }

  /** Returns true when there are any to look for. */
  get any(): boolean {
    return this.#forms.size > 0 || this.#outer?.any === true;
  }

  /** Returns the work done so far, in steps, for tests: it grows with the length of the texts and with nothing else. */
  get steps(): number {
    return this.#allFinders().reduce((sum, { steps }) => sum + steps, 0);
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
    const begun = text.length - this.#unfinished(text);
    return this.#spansIn(text).find(({ start, end }) => start < begun && end > begun)?.start ?? begun;
  }

  /** Returns the length of the end of a text that may be the beginning of a secret. */
  #unfinished(text: string): number {
    let most = 0;
    for (const finder of this.#allFinders()) {
      finder.restart();
      for (let at = Math.max(0, text.length - this.#longestForm() + 1); at < text.length; at += 1)
        finder.read(text.charCodeAt(at));
      most = Math.max(most, finder.unfinished);
    }
    return most;
  }

  /** Finds the secrets of a text, in order; those that overlap are one. */
  #spansIn(text: string): readonly Span[] {
    if (text.length < shortest || !this.any) return [];
    const spans = this.#allFinders().map((finder) => spansOf(finder, text));
    const [first = [], ...others] = spans.filter(({ length }) => length > 0);
    if (others.length === 0) return first;
    const all = [first, ...others].flat().sort((a, b) => a.start - b.start);
    return all.reduce<Span[]>(addSpan, []);
  }

  #allFinders(): readonly TextFinder[] {
    this.#takeAdded();
    return this.#outer === undefined ? this.#finders : [...this.#finders, ...this.#outer.#allFinders()];
  }

  #takeAdded(): void {
    if (this.#added.length === 0) return;
    let forms = this.#added;
    this.#added = [];
    for (let last = this.#finders.at(-1); last !== undefined; last = this.#finders.at(-1)) {
      if (last.texts.length > forms.length * 2) break;
      forms = [...last.texts, ...forms];
      this.#finders.pop();
    }
    this.#finders.push(new TextFinder(forms));
  }

  #longestForm(): number {
    return this.#outer === undefined ? this.#longest : Math.max(this.#longest, this.#outer.#longestForm());
  }
}

/** Finds the forms in a text: whole ones, and beginnings of those that were cut off. */
function spansOf(finder: TextFinder, text: string): Span[] {
  const spans: Span[] = [];
  finder.restart();
  for (let at = 0; at < text.length; at += 1) {
    if (finder.begun >= beginning && isCut(text, at)) addSpan(spans, { start: at - finder.begun, end: at });
    if (!finder.read(text.charCodeAt(at)) || !finder.hasEnd) continue;
    const end = at + 1;
    for (const length of finder.ends()) {
      if (length < anywhere && !isWord(text, end - length, end)) continue;
      addSpan(spans, { start: end - length, end });
      break; // Those that are shorter and end here lie within it.
    }
  }
  return spans;
}

/** Adds a span that ends behind all others, or begins behind the begin of all: those that overlap are one. */
function addSpan(spans: Span[], { start, end }: Span): Span[] {
  let [first, last] = [start, end];
  for (let before = spans.at(-1); before !== undefined && before.end > first; before = spans.at(-1)) {
    first = Math.min(first, before.start);
    last = Math.max(last, before.end);
    spans.pop();
  }
  spans.push({ start: first, end: last });
  return spans;
}

function isCut(text: string, at: number): boolean {
  return text[at] === '…' || text.startsWith('...', at);
}

function isWord(text: string, start: number, end: number): boolean {
  const letter = /[\p{L}\p{N}]/u;
  return !letter.test(text.charAt(start - 1)) && !letter.test(text.charAt(end));
}
