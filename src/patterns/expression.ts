import { createRequire } from 'node:module';

/** Regular expression of a user, which matches in time that is linear in the text, whatever both hold. */
export interface Expression {
  /** Returns true when any part of the text matches. */
  isIn(text: string): boolean;
  /** Returns true when the text begins with a match. */
  begins(text: string): boolean;
  /** Returns true when the text as a whole matches. */
  fits(text: string): boolean;
}

/** Longest expression that is accepted, in characters: the time to compile grows with it. */
const longestExpression = 10_000;

/** Characters of an expression's faulty part that an error quotes. */
const longestQuote = 40;

/**
 * Compiles a regular expression that a person wrote, or that a file or a host holds. It is RE2's kind, which never
 * backtracks: a text that a RegExp takes years for takes as long as any other of its length. JavaScript's `\u00e9` works
 * too, as do Python's `(?P<name>…)` and `(?i)`.
 */
export function compileExpression(source: string): Expression | { readonly problem: string } {
  const known = compiledBefore.get(source);
  if (known !== undefined) return known;
  const made = compile(source);
  compiledBefore.set(source, made);
  for (const oldest of compiledBefore.keys()) {
    if (compiledBefore.size <= mostKept) break;
    compiledBefore.delete(oldest);
  }
  return made;
}

/** Expressions that were compiled: all hosts of a run have the same, and each takes a millisecond. */
const compiledBefore = new Map<string, Expression | { readonly problem: string }>();
const mostKept = 500;

function compile(source: string): Expression | { readonly problem: string } {
  if (source.length > longestExpression) {
    return { problem: `an expression has at most ${longestExpression} characters: split it` };
  }
  const { RE2JS, RE2JSException } = re2();
  try {
    const compiled = RE2JS.compile(withoutUnicodeEscapes(source));
    return {
      isIn: (text) => compiled.test(text),
      begins: (text) => compiled.matcher(text).lookingAt(),
      fits: (text) => compiled.testExact(text),
    };
  } catch (error) {
    if (error instanceof RE2JSException) return { problem: explain(error.message) };
    throw error;
  }
}

/** Writes JavaScript's `\u00e9` as RE2 does, `\x{00e9}`. */
function withoutUnicodeEscapes(source: string): string {
  return source.replace(/\\(?:u([0-9a-fA-F]{4})|[\s\S])/g, (written, code?: string) =>
    code === undefined ? written : `\\x{${code}}`,
  );
}

/** Loads the engine when the first expression is compiled: most runs have none. */
function re2(): typeof import('re2js') {
  engine ??= createRequire(import.meta.url)('re2js') as typeof import('re2js');
  return engine;
}
let engine: typeof import('re2js') | undefined;

/** Words the engine's error, naming what to write instead where something that JavaScript or Python has is missing. */
function explain(message: string): string {
  const [, what = message, part = ''] = /^error parsing regexp: ([^`]*?):? ?(?:`(.*)`)?$/s.exec(message) ?? [];
  const missing = missingParts.find(({ begins }) => begins.test(part));
  if (missing !== undefined) return `${missing.name} cannot be used: ${missing.instead}`;
  const quote = part.length > longestQuote ? `${part.slice(0, longestQuote)}…` : part;
  return faults[what]?.(quote) ?? (quote === '' ? what : `${what}: ${quote}`);
}

/** Errors of the engine in plain words; others are given as they are. */
const faults: Readonly<Record<string, (part: string) => string>> = {
  'missing closing )': () => 'a ( is never closed',
  'unexpected )': () => 'a ) closes nothing',
  'missing closing ]': () => 'a [ is never closed',
  'missing argument to repetition operator': (part) => `${part} repeats nothing`,
  'invalid nested repetition operator': (part) => `${part} repeats what is repeated already`,
  'invalid repeat count': (part) => `${part} repeats too often: 1000 times at most, also where one lies in another`,
  'invalid escape sequence': (part) => `${part} has no meaning`,
  'invalid character class range': (part) => `${part} is not a range of characters`,
  'invalid or unsupported Perl syntax': (part) => `${part} is not known`,
};

const missingParts = [
  {
    begins: /^\(\?[=!]/,
    name: 'look-ahead, (?=…) or (?!…),',
    instead: 'write what matches, and what does not match as a pattern of its own that excludes',
  },
  {
    begins: /^\(\?<[=!]/,
    name: 'look-behind, (?<=…) or (?<!…),',
    instead: 'write what matches, and what does not match as a pattern of its own that excludes',
  },
  {
    begins: /^(?:\\[1-9k]|\(\?P=?$)/,
    name: 'a back-reference, \\1 or \\k<name>,',
    instead: 'write the repeated part out',
  },
  {
    begins: /^\(\?>|^[*+?}]\+$/,
    name: 'an atomic group or a possessive repetition',
    instead: 'leave out the > or the +',
  },
  { begins: /^\\Z/, name: '\\Z', instead: 'write $ or \\z' },
] as const;
