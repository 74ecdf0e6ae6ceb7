import picomatch from 'picomatch';
import type { Pattern } from './image-list.js';

/** Longest pattern that is taken: longer ones are no patterns of tags, and costly to try. */
const longest = 512;

/** A tag has at most 128 characters, a repository 255 (distribution-spec, "Pulling manifests"); nothing longer is tried. */
const longestName = 255;

/** Reads a pattern as people write it: `/…/` is a regular expression, anchored at both ends, anything else a glob. */
export function parsePattern(text: string): Pattern | { readonly mistake: string } {
  return text.length > 2 && text.startsWith('/') && text.endsWith('/')
    ? regexPattern(text.slice(1, -1))
    : globPattern(text);
}

/** A pattern of a glob: `*` matches within a part of a path, `**` across parts. */
export function globPattern(glob: string): Pattern | { readonly mistake: string } {
  if (glob.trim() === '') return { mistake: 'an empty pattern matches nothing' };
  if (glob.length > longest) return { mistake: tooLong };
  return { kind: 'glob', glob };
}

/** A pattern of a regular expression, of JavaScript's kind; `search` as in {@link Pattern}. */
export function regexPattern(source: string, search = false): Pattern | { readonly mistake: string } {
  if (source.length > longest) return { mistake: tooLong };
  try {
    new RegExp(source);
  } catch (error) {
    const [, why = String(error)] =
      /^Invalid regular expression: \/.*\/\w*: (.*)$/s.exec((error as Error).message) ?? [];
    const hint = source.includes('(?') ? '; flags such as (?i) and names such as (?P<x>…) are not known' : '';
    return { mistake: `not a regular expression: ${why.charAt(0).toLowerCase()}${why.slice(1)}${hint}` };
  }
  return search ? { kind: 'regex', source, search } : { kind: 'regex', source };
}

/** What tries names against a pattern. */
export function matcherOf(pattern: Pattern): (name: string) => boolean {
  const test = testOf(pattern);
  return (name) => name.length <= longestName && test(name);
}

/** What says whether a name matches an `allow` (any, when there is none) and no `deny`. */
export function filterOf(allow: readonly Pattern[], deny: readonly Pattern[]): (name: string) => boolean {
  const allowed = allow.map(matcherOf);
  const denied = deny.map(matcherOf);
  return (name) =>
    (allowed.length === 0 || allowed.some((matches) => matches(name))) && !denied.some((matches) => matches(name));
}

function testOf(pattern: Pattern): (name: string) => boolean {
  if (pattern.kind === 'glob') return picomatch(pattern.glob, { dot: true, nonegate: true });
  const regex = new RegExp(pattern.search === true ? pattern.source : `^(?:${pattern.source})$`);
  return (name) => regex.test(name);
}

const tooLong = `a pattern has at most ${longest} characters`;
