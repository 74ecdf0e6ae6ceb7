import { compileExpression } from '../../patterns/expression.js';
import { RegistryError } from '../registry-error.js';
import { globSource } from './globs/glob-source.js';
import type { Pattern, TagPatterns } from './image-list.js';

/** Longest pattern that is taken, in characters: longer ones are no patterns of tags, and costly to try. */
const longest = 512;

/** A tag has at most 128 characters, a repository 255 (distribution-spec, "Pulling manifests"); nothing longer is tried. */
const longestName = 255;

/** Reads a pattern as people write it: `/…/` is a regular expression, anchored at both ends, anything else a glob. */
export function parsePattern(text: string): Pattern | { readonly error: string } {
  return text.length > 2 && text.startsWith('/') && text.endsWith('/')
    ? regexPattern(text.slice(1, -1))
    : globPattern(text);
}

/** {@link parsePattern} of an option. @param option `--keep` @throws RegistryError `input` for a text that is no pattern */
export function patternOfOption(option: string, text: string): Pattern {
  const pattern = parsePattern(text);
  if ('error' in pattern) throw new RegistryError('input', `${option} ${JSON.stringify(text)}: ${pattern.error}`);
  return pattern;
}

/** Returns a pattern as people write it. */
export function patternText(pattern: Pattern): string {
  return pattern.kind === 'glob' ? pattern.glob : `/${pattern.source}/`;
}

/** Returns what a choice of tags wants, in words of its author: `1.*, >=1.2`. Empty where it wants all. */
export function choiceText({ allow, semver }: TagPatterns): string {
  return [...allow.map(patternText), ...(semver === undefined ? [] : [semver])].join(', ');
}

/** Reads a glob: `*` matches within a part of a path, `**` across parts. */
export function globPattern(glob: string): Pattern | { readonly error: string } {
  if (glob.trim() === '') return { error: 'an empty pattern matches nothing' };
  if (glob.length > longest) return { error: tooLong };
  const read = globSource(glob);
  return 'problem' in read ? { error: read.problem } : { kind: 'glob', glob };
}

/** Reads a regular expression of RE2's kind; `search` as in {@link Pattern}. */
export function regexPattern(source: string, search = false): Pattern | { readonly error: string } {
  if (source.length > longest) return { error: tooLong };
  const expression = compileExpression(source);
  if ('problem' in expression) return { error: `not a regular expression: ${expression.problem}` };
  return search ? { kind: 'regex', source, search } : { kind: 'regex', source };
}

/** Returns the test of a pattern on names; it takes time that is linear in their length, whatever the pattern. */
export function matcherOf(pattern: Pattern): (name: string) => boolean {
  const test = testOf(pattern);
  return (name) => name.length <= longestName && test(name);
}

/** Returns a test that is true for a name that matches an `allow` (any, when there is none) and no `deny`. */
export function filterOf(allow: readonly Pattern[], deny: readonly Pattern[]): (name: string) => boolean {
  const allowed = allow.map(matcherOf);
  const denied = deny.map(matcherOf);
  return (name) =>
    (allowed.length === 0 || allowed.some((matches) => matches(name))) && !denied.some((matches) => matches(name));
}

function testOf(pattern: Pattern): (name: string) => boolean {
  const read = pattern.kind === 'glob' ? globSource(pattern.glob) : pattern;
  const expression = 'problem' in read ? read : compileExpression(read.source);
  if ('problem' in expression) throw new Error(`a pattern was not read before it was used: ${expression.problem}`);
  return pattern.kind === 'regex' && pattern.search === true ? expression.isIn : expression.fits;
}

const tooLong = `a pattern has at most ${longest} characters`;
