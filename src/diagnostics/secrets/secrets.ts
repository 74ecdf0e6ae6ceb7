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
  /** Names that are printed as they are. */
  readonly #shown = new Set<string>();
  #names: TextFinder | undefined;
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

  /**
   * Shows names as they are from now on, wherever they stand by themselves: those of hosts, tasks and the like. Nobody
   * could read the output without them, and they are known from elsewhere.
   *
   * @returns those of them that were added as secrets
   */
  show(names: Iterable<string>): readonly string[] {
    for (const name of names) if (name.length >= shortest) this.#shown.add(name);
    this.#names = undefined;
    return [...this.#shown].filter((name) => this.#knows(name));
  }

  #knows(text: string): boolean {
    if (this.#known.has(text)) return true;
    return this.#outer === undefined ? false : this.#outer.#knows(text);
  }

  /** Forgets all of them, for tests, which share a process. */
  clear(): void {
    this.#shown.clear();
    this.#names = undefined;
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
    const all = [first, ...others].flat().sort((a, b) => a.start - b.start);
    return this.#withoutNames(others.length === 0 ? first : all.reduce<Span[]>(addSpan, []), text);
  }

  /** Drops the spans that lie within names that are shown. */
  #withoutNames(spans: readonly Span[], text: string): readonly Span[] {
    const finders = this.#nameFinders();
    if (spans.length === 0 || finders.length === 0) return spans;
    const shown = finders.flatMap((finder) => namesIn(finder, text)).sort((a, b) => a.start - b.start);
    let next = 0;
    let reached = 0;
    return spans.filter(({ start, end }) => {
      for (let name = shown[next]; name !== undefined && name.start <= start; name = shown[next]) {
        reached = Math.max(reached, name.end);
        next += 1;
      }
      return end > reached;
    });
  }

  #nameFinders(): readonly TextFinder[] {
    const outer = this.#outer === undefined ? [] : this.#outer.#nameFinders();
    if (this.#shown.size === 0) return outer;
    this.#names ??= new TextFinder(this.#shown);
    return [this.#names, ...outer];
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

/** Finds names in a text that stand by themselves: `web1` is not in `web10` or `web1-db`. */
function namesIn(finder: TextFinder, text: string): Span[] {
  const spans: Span[] = [];
  finder.restart();
  for (let at = 0; at < text.length; at += 1) {
    if (!finder.read(text.charCodeAt(at)) || !finder.hasEnd) continue;
    for (const length of finder.ends()) {
      const start = at + 1 - length;
      if (!nameSign.test(text.charAt(start - 1)) && !nameSign.test(text.charAt(at + 1)))
        spans.push({ start, end: at + 1 });
    }
  }
  return spans;
}

const nameSign = /[\p{L}\p{N}_-]/u;

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
