import { formsOf } from './secret-forms.js';

/** What stands in place of a secret. */
const mask = '(secret)';

/** Shorter secrets are looked for as whole words only, so that one like `test` doesn't take the middle out of `latest`. */
const anywhere = 6;

/** A secret that was cut off (`abcdefgh…`) is known by this much of its beginning. */
const beginning = 8;

/**
 * Secrets of a run, and texts without them. One that is shorter than 4 characters is not looked for: nothing could be
 * printed any more, and it keeps nothing secret; one of 4 or 5 is replaced where it stands as a word of its own.
 */
export class Secrets {
  private readonly forms = new Set<string>();
  private readonly byStart = new Map<string, string[]>();
  private readonly known = new Set<string>();
  private longest = 0;

  /** Has a text kept out of all output from now on. */
  add(secret: string): void {
    if (this.known.has(secret)) return;
    this.known.add(secret);
    for (const form of formsOf(secret)) {
      if (this.forms.has(form)) continue;
      this.forms.add(form);
      this.longest = Math.max(this.longest, form.length);
      const start = form.slice(0, 4);
      const others = this.byStart.get(start);
      if (others === undefined) this.byStart.set(start, [form]);
      else others.push(form);
    }
  }

  /** Whether there are any to look for. */
  get any(): boolean {
    return this.forms.size > 0;
  }

  /** The text with `(secret)` in place of each secret, in whatever form. */
  redact(text: string): string {
    let shown = '';
    let done = 0;
    for (const { start, end } of this.spansIn(text)) {
      shown += text.slice(done, start) + mask;
      done = end;
    }
    return done === 0 ? text : shown + text.slice(done);
  }

  /** Up to where a text that goes on can be shown by itself: no secret, and nothing that may become one, is cut in two. */
  settled(text: string): number {
    const begun = this.unfinished(text);
    return this.spansIn(text).find(({ start, end }) => start < begun && end > begun)?.start ?? begun;
  }

  private unfinished(text: string): number {
    for (let at = Math.max(0, text.length - this.longest + 1); at < text.length; at++) {
      const rest = text.slice(at);
      const candidates = rest.length < 4 ? this.forms : (this.byStart.get(rest.slice(0, 4)) ?? []);
      for (const form of candidates) if (form.length > rest.length && form.startsWith(rest)) return at;
    }
    return text.length;
  }

  /** Where secrets stand, in order; those that overlap are one. */
  private spansIn(text: string): readonly Span[] {
    const spans: Span[] = [];
    if (!this.any) return spans;
    for (let at = 0; at <= text.length - 4; at++) {
      const end = this.endOfSecret(text, at);
      if (end === undefined) continue;
      const last = spans.at(-1);
      if (last !== undefined && at < last.end) last.end = Math.max(last.end, end);
      else spans.push({ start: at, end });
    }
    return spans;
  }

  private endOfSecret(text: string, at: number): number | undefined {
    let end: number | undefined;
    for (const form of this.byStart.get(text.slice(at, at + 4)) ?? []) {
      const length = commonLength(form, text, at);
      const whole = length === form.length && (length >= anywhere || isWord(text, at, at + length));
      const cut = length >= beginning && /^(?:…|\.\.\.)/.test(text.slice(at + length, at + length + 3));
      if (whole || cut) end = Math.max(end ?? 0, at + length);
    }
    return end;
  }
}

interface Span {
  readonly start: number;
  end: number;
}

/** The secrets of this process. There is one set, as there is one standard output: whatever learns a secret adds it. */
export const secrets = new Secrets();

function commonLength(form: string, text: string, at: number): number {
  let length = 0;
  while (length < form.length && form.charCodeAt(length) === text.charCodeAt(at + length)) length += 1;
  return length;
}

function isWord(text: string, start: number, end: number): boolean {
  const letter = /[\p{L}\p{N}]/u;
  return !letter.test(text.charAt(start - 1)) && !letter.test(text.charAt(end));
}
