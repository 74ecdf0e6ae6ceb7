import { type Brackets, bracketsOf } from './glob-brackets.js';
import { globSet } from './glob-set.js';

/** Result of reading a glob: the source of an expression of RE2, or a message for the person who wrote the glob. */
export type GlobSource = { readonly source: string } | { readonly problem: string };

/** Most numbers that all ranges `{1..9}` of a glob may have: each becomes an alternative. */
const mostNumbers = 1000;

/**
 * Translates a glob to an expression that matches in linear time. `*` and `?` stay within a part of a path, `**` as a
 * whole part goes across parts; `[a-z]`, `[!a-z]`, `{a,b}`, `{1..9}`, `(a|b)`, `@(…)`, `?(…)`, `*(…)` and `+(…)` work.
 */
export function globSource(glob: string): GlobSource {
  const brackets = bracketsOf(glob);
  let source = '';
  let numbers = 0;
  for (let at = 0; at < glob.length; ) {
    const read = readAt(glob, at, brackets);
    if ('problem' in read) return read;
    numbers += read.numbers ?? 0;
    if (numbers > mostNumbers) return { problem: `the ranges in braces have more than ${mostNumbers} numbers in all` };
    source += read.source;
    at = read.end;
  }
  return { source };
}

type Part = { readonly source: string; readonly end: number; readonly numbers?: number } | { readonly problem: string };

function readAt(glob: string, at: number, brackets: Brackets): Part {
  const character = glob.charAt(at);
  const next = glob.charAt(at + 1);
  if (character === '\\' && next !== '') return { source: literal(next), end: at + 2 };
  if ('@?*+!'.includes(character) && brackets.opening.has(at + 1) && next === '(') {
    if (character === '!') return { problem: notNegated };
    return { source: '(?:', end: at + 2 };
  }
  const closing = brackets.opening.get(at);
  if (closing !== undefined) return character === '{' ? readBrace(glob, at, closing) : { source: '(?:', end: at + 1 };
  const opening = brackets.closing.get(at);
  if (opening !== undefined) return readClosing(glob, at, opening);
  if (brackets.between.has(at)) return { source: '|', end: at + 1 };
  if (character === '[') return globSet(glob, at) ?? { source: '\\[', end: at + 1 };
  if (character === '?') return { source: '[^/]', end: at + 1 };
  return readStars(glob, at, brackets) ?? { source: literal(character), end: at + 1 };
}

const notNegated = '!(…) cannot be used: write what it leaves out as a pattern of its own that excludes';

/** Reads `{1..9}` and `{a..e}` as a whole, of other braces the opening. */
function readBrace(glob: string, at: number, closing: number): Part {
  const [, from, to] = /^(\w+)\.\.(\w+)$/.exec(glob.slice(at + 1, closing)) ?? [];
  if (from === undefined || to === undefined) return { source: '(?:', end: at + 1 };
  if (/^[a-zA-Z]$/.test(from) && /^[a-zA-Z]$/.test(to)) {
    return { source: from <= to ? `[${from}-${to}]` : `[${to}-${from}]`, end: closing + 1 };
  }
  const [low = 0, high = 0] = [Number(from), Number(to)].sort((a, b) => a - b);
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high)) {
    return { problem: `{${from}..${to}} is neither a range of numbers nor of letters` };
  }
  const numbers = high - low + 1;
  if (numbers > mostNumbers) return { problem: `{${from}..${to}} has more than ${mostNumbers} numbers` };
  const digits = from.startsWith('0') && from.length > 1 ? from.length : 1;
  const texts = Array.from({ length: numbers }, (_, index) => String(low + index).padStart(digits, '0'));
  return { source: `(?:${texts.join('|')})`, end: closing + 1, numbers };
}

/** Reads the end of a group with how often it may come: before it, `+(a)`, or after it, `(a)+`. */
function readClosing(glob: string, at: number, opening: number): Part {
  const before = glob.charAt(at) === ')' ? glob.charAt(opening - 1) : '';
  if ('?*+'.includes(before) && before !== '') return { source: `)${before}`, end: at + 1 };
  const after = /^[+?](?!\()/.exec(glob.slice(at + 1, at + 3))?.[0] ?? '';
  const repeats = before === '@' || glob.charAt(at) === '}' ? '' : after;
  return { source: `)${repeats}`, end: at + 1 + repeats.length };
}

/** Reads `*` and `**`; undefined where there are none. A `**` at the end stands for nothing too: `a/**` matches `a`. */
function readStars(glob: string, at: number, brackets: Brackets): Part | undefined {
  const isEdge = (place: number) =>
    place < 0 || place >= glob.length || glob.charAt(place) === '/' || brackets.isBoundary(place);
  const slash = glob.charAt(at) === '/' ? 1 : 0;
  const stars = at + slash;
  if (glob.startsWith('**', stars) && isEdge(stars - 1) && isEdge(stars + 2)) {
    const goesOn = glob.charAt(stars + 2) === '/';
    if (slash === 1) return goesOn ? { source: '/', end: stars } : { source: '(?:/.*)?', end: stars + 2 };
    return goesOn ? { source: '(?:.*/)?', end: stars + 3 } : { source: '.*', end: stars + 2 };
  }
  if (glob.charAt(at) !== '*') return undefined;
  let end = at + 1;
  while (glob.charAt(end) === '*' && !brackets.opening.has(end + 1)) end++;
  return { source: '[^/]*', end };
}

function literal(character: string): string {
  return character.replace(/[\\^$.|+(){}[\]*?]/, '\\$&');
}
