import Range from 'semver/classes/range.js';
import validRange from 'semver/ranges/valid.js';
import type { TagPatterns } from './image-list.js';
import { filterOf } from './pattern.js';
import { sortTags, type TagVersion, versionOf } from './tag-version.js';

/**
 * Selects the tags that patterns choose, in the order they were given. With `latest`, those are the N newest of all
 * that match otherwise. Versions are newer than other tags; each tag counts, also where two name one version.
 */
export function selectTags(tags: readonly string[], { allow, deny, semver, latest }: TagPatterns): string[] {
  const wanted = filterOf(allow, deny);
  const inRange = semver === undefined ? () => true : rangeTest(semver, allow.length > 0);
  const chosen = tags.filter((tag) => wanted(tag) && inRange(tag));
  if (latest === undefined || chosen.length <= latest) return chosen;
  const newest = new Set(sortTags(chosen).slice(chosen.length - latest));
  return chosen.filter((tag) => newest.has(tag));
}

/**
 * Reads a range in npm's words, or in those of Go's tools (`>= 1.2, < 2`), and returns npm's; undefined when it is no
 * range.
 */
export function semverRange(text: string): string | undefined {
  const words = text.replaceAll(',', ' ').trim();
  return words === '' || validRange(words) === null ? undefined : words;
}

/**
 * Returns a test for tags that are versions of a range. `v1.2` counts as 1.2.0. A prerelease counts only where the
 * range names one, as in npm; `1.2.3-alpine` only where a pattern asks for such tags, or the range names one.
 */
function rangeTest(text: string, patternAsked: boolean): (tag: string) => boolean {
  const range = new Range(text);
  return (tag) => {
    const version = versionOf(tag);
    return version !== undefined && version.numbers.length <= 3 && range.test(rangeVersion(version, patternAsked));
  };
}

function rangeVersion({ numbers, prerelease, variant }: TagVersion, patternAsked: boolean): string {
  const [major = 0, minor = 0, patch = 0] = numbers;
  const suffix = prerelease ?? (patternAsked ? undefined : variant);
  const words = suffix
    ?.replaceAll(/[^0-9A-Za-z.-]/g, '-')
    .split('.')
    .map(withoutZeros)
    .join('.');
  return `${major}.${minor}.${patch}${words === undefined ? '' : `-${words}`}`;
}

/** Numbers of a prerelease have no zero in front (semver 2.0, 9), and none is empty. */
function withoutZeros(word: string): string {
  return word === '' ? '0' : word.replace(/^0+(?=\d+$)/, '');
}
