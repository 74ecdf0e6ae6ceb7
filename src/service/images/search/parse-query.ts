import { Problem } from '../../problem.js';
import type { IndexQuery, LabelTerm } from './index-query.js';

const mostTerms = 20;
const hour = 3_600_000;
const units: Readonly<Record<string, number>> = { h: hour, d: 24 * hour, w: 7 * 24 * hour, y: 365 * 24 * hour };

/** Term of a search, and the column in which it begins, from 1. */
interface Term {
  readonly text: string;
  readonly column: number;
}

type Draft = {
  -readonly [Key in keyof IndexQuery]: IndexQuery[Key] extends readonly (infer Item)[] ? Item[] : IndexQuery[Key];
};

const keys = ['name', 'tag', 'digest', 'label', 'platform', 'pushed'] as const;
type Key = (typeof keys)[number];

/**
 * Reads a search: terms between blanks, all of which must hold. A value with blanks stands in quotes.
 * @throws Problem that names the column of what can't be read
 */
export function parseQuery(text: string, now = Date.now()): IndexQuery {
  const terms = termsOf(text);
  if (terms.length === 0) throw wrong(1, 'there is nothing to search for');
  if (terms.length > mostTerms) throw wrong(terms[mostTerms]?.column ?? 1, `more than ${mostTerms} terms`);
  const query: Draft = {
    names: [],
    tags: [],
    digests: [],
    labels: [],
    platforms: [],
    pushedAfter: undefined,
    pushedBefore: undefined,
  };
  for (const { text: term, column } of terms) {
    const colon = term.indexOf(':');
    const key = colon === -1 ? 'name' : term.slice(0, colon);
    const value = term.slice(colon + 1);
    if (!isKey(key)) throw wrong(column, `there is no ${key.slice(0, 40)}:, only ${keys.join(': ')}:`);
    if (value === '') throw wrong(column + colon + 1, `${key}: has no value`);
    addTerm(query, key, value, column + colon + 1, now);
  }
  return query;
}

function addTerm(query: Draft, key: Key, value: string, column: number, now: number): void {
  switch (key) {
    case 'name':
      query.names.push(
        checked(value.toLowerCase(), /^[a-z0-9._/*-]+$/, column, 'a name has small letters, digits and . _ - /'),
      );
      break;
    case 'tag':
      query.tags.push(checked(value, /^[\w.*-]{1,128}$/, column, 'a tag has letters, digits and . _ -'));
      break;
    case 'digest':
      query.digests.push(digestOf(value, column));
      break;
    case 'label':
      query.labels.push(labelOf(value, column));
      break;
    case 'platform':
      query.platforms.push(
        checked(value, /^[\w.*-]+(\/[\w.*-]+){1,2}$/, column, 'a platform is OS/ARCHITECTURE: linux/arm64, linux/*'),
      );
      break;
    case 'pushed':
      addTime(query, value, column, now);
      break;
  }
}

function digestOf(value: string, column: number): string {
  const found = /^(?:(sha256|sha512):)?([0-9a-f]{4,128})$/.exec(value.toLowerCase());
  if (found === null) throw wrong(column, 'a digest is sha256:HEX, or at least four of its digits');
  return `${found[1] ?? 'sha256'}:${found[2]}`;
}

function labelOf(value: string, column: number): LabelTerm {
  const equals = value.indexOf('=');
  const name = equals === -1 ? value : value.slice(0, equals);
  if (name === '') throw wrong(column, 'a label is NAME=VALUE, or NAME');
  return { name, value: equals === -1 ? undefined : value.slice(equals + 1) };
}

function addTime(query: Draft, value: string, column: number, now: number): void {
  const found = /^([<>])(\d{1,5})([hdwy])$/.exec(value);
  const unit = units[found?.[3] ?? ''];
  if (found === null || unit === undefined) {
    throw wrong(column, 'pushed: is <30d for the last thirty days, >30d for before them; units are h, d, w and y');
  }
  const at = Math.max(0, now - Number(found[2]) * unit);
  if (found[1] === '<') query.pushedAfter = Math.max(query.pushedAfter ?? 0, at);
  else query.pushedBefore = Math.min(query.pushedBefore ?? at, at);
}

function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  let term: { text: string; column: number } | undefined;
  let quote: number | undefined;
  for (const [at, character] of [...text].entries()) {
    if (character === '"') {
      quote = quote === undefined ? at + 1 : undefined;
      term ??= { text: '', column: at + 1 };
    } else if (quote === undefined && /\s/.test(character)) {
      if (term !== undefined) terms.push(term);
      term = undefined;
    } else {
      term ??= { text: '', column: at + 1 };
      term.text += character;
    }
  }
  if (quote !== undefined) throw wrong(quote, 'the quote does not end');
  if (term !== undefined) terms.push(term);
  return terms;
}

function checked(value: string, shape: RegExp, column: number, rule: string): string {
  if (!shape.test(value)) throw wrong(column, rule);
  return value;
}

function isKey(text: string): text is Key {
  return (keys as readonly string[]).includes(text);
}

function wrong(column: number, detail: string): Problem {
  const place = { pointer: 'q', detail: `column ${column}: ${detail}` };
  return new Problem('unprocessable', `q: ${place.detail}`, { errors: [place] });
}
