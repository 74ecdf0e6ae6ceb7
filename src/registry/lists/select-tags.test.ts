import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import type { Pattern, TagPatterns } from './image-list.js';
import { parsePattern, regexPattern } from './pattern.js';
import { selectTags, semverRange } from './select-tags.js';
import { sortTags } from './tag-version.js';

const tags = [
  'latest',
  'main-7f3a',
  '1.2',
  'v1.2.3',
  '1.2.3-alpine',
  '1.10.0',
  '2.0.0-rc.1',
  '2.0.0',
  '13.0-46',
  '20240131',
];

function select(
  patterns: Partial<Record<'allow' | 'deny', string[]>> & { semver?: string; latest?: number },
): string[] {
  const parsed = (texts: string[] = []) => texts.map(pattern);
  const { allow, deny, semver, latest } = patterns;
  return selectTags(tags, { allow: parsed(allow), deny: parsed(deny), semver, latest } satisfies TagPatterns);
}

function pattern(text: string): Pattern {
  const parsed = parsePattern(text);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed;
}

describe('tags by pattern', () => {
  it.each([
    ['all, when nothing is said', {}, tags],
    ['a glob', { allow: ['1.*'] }, ['1.2', '1.2.3-alpine', '1.10.0']],
    ['a glob of choices', { allow: ['{latest,v*}'] }, ['latest', 'v1.2.3']],
    ['an expression, anchored', { allow: ['/\\d+\\.\\d+/'] }, ['1.2']],
    ['alternatives in an expression are anchored too', { allow: ['/latest|1/'] }, ['latest']],
    ['either of two patterns', { allow: ['latest', '/2.*/'] }, ['latest', '2.0.0-rc.1', '2.0.0', '20240131']],
    ['less what is denied', { allow: ['2.*'], deny: ['*-rc*'] }, ['2.0.0']],
    ['what is denied alone', { deny: ['/.*[.-].*/'] }, ['latest', '20240131']],
    ['an exclamation mark is no negation', { allow: ['!latest'] }, []],
  ] as const)('takes %s', (_, patterns, expected) => {
    expect(select(patterns as Parameters<typeof select>[0])).toEqual(expected);
  });

  it.each([
    ['a v and missing numbers count', '>=1.2 <2', ['1.2', 'v1.2.3', '1.10.0']],
    ['a date is a version of one number', '>=20240000', ['20240131']],
    ['prereleases only where the range names one', '>=2.0.0-rc.0 <3', ['2.0.0-rc.1', '2.0.0']],
    ['other builds only where the range names one', '1.2.3-alpine', ['1.2.3-alpine']],
    ['either of two ranges', '1.2.x || 2.x', ['1.2', 'v1.2.3', '2.0.0']],
  ])('by a range: %s', (_, semver, expected) => {
    expect(select({ semver })).toEqual(expected);
  });

  it('takes other builds of versions in a range where a pattern asks for them', () => {
    expect(select({ allow: ['*-alpine'], semver: '>=1.2 <2' })).toEqual(['1.2.3-alpine']);
    expect(select({ allow: ['*-rc*'], semver: '>=1.2 <2' })).toEqual([]);
  });

  it.each([
    ['numbers, not letters, tell what is newer', { allow: ['1.*'], latest: 1 }, ['1.10.0']],
    [
      'what is no version is older than any',
      { deny: ['2024*'], latest: 4 },
      ['1.10.0', '2.0.0-rc.1', '2.0.0', '13.0-46'],
    ],
    ['a prerelease is older than its release', { allow: ['2.*'], latest: 1 }, ['2.0.0']],
    ['each tag counts, where two are one version, the plain one more', { allow: ['*1.2.3*'], latest: 1 }, ['v1.2.3']],
    ['of no versions the last in natural order', { allow: ['[lm]*'], latest: 1 }, ['main-7f3a']],
    ['fewer, where there are fewer', { allow: ['latest'], latest: 9 }, ['latest']],
  ])('keeps the newest: %s', (_, patterns, expected) => {
    expect(select(patterns)).toEqual(expected);
  });

  it('searches where it is told to, as skopeo does', () => {
    const search = regexPattern('7f', true);
    if ('error' in search) throw new Error(search.error);
    expect(selectTags(tags, { allow: [search], deny: [], semver: undefined, latest: undefined })).toEqual([
      'main-7f3a',
    ]);
  });

  it('orders build9 before build10', () => {
    const builds = ['build10', 'build9', 'build1'];
    expect(selectTags(builds, { allow: [], deny: [], semver: undefined, latest: 2 })).toEqual(['build10', 'build9']);
  });

  it("takes ranges in Go's words, and says what is none", () => {
    expect(semverRange('>= 1.2, < 2')).toBe('>= 1.2  < 2');
    expect(select({ semver: semverRange('>= 1.2, < 2') ?? '' })).toEqual(['1.2', 'v1.2.3', '1.10.0']);
    expect(semverRange('latest')).toBeUndefined();
    expect(semverRange('!=1.0.0')).toBeUndefined();
    expect(semverRange(' ')).toBeUndefined();
  });
});

describe('patterns', () => {
  it.each([
    ['', 'an empty pattern matches nothing'],
    ['/(/', 'not a regular expression: a ( is never closed'],
    [
      '/(?!rc)x/',
      'not a regular expression: look-ahead, (?=…) or (?!…), cannot be used: write what matches, and what does not match as a pattern of its own that excludes',
    ],
    ['!(latest)', '!(…) cannot be used: write what it leaves out as a pattern of its own that excludes'],
    ['{1..100000}', '{1..100000} has more than 1000 numbers'],
    ['[z-a]', 'the range z-a runs backwards'],
    ['x'.repeat(513), 'a pattern has at most 512 characters'],
    [`/${'x'.repeat(513)}/`, 'a pattern has at most 512 characters'],
  ])('%j is none', (text, error) => {
    expect(parsePattern(text)).toEqual({ error });
  });
});

test('each tag is read once, not at each comparison', () => {
  // In a process of its own: where `exec` was ever replaced, all expressions are five times as slow from then on.
  const module = fileURLToPath(new URL('tag-version.ts', import.meta.url));
  const program = `
    const { createJiti } = await import('jiti');
    const { sortTags } = await createJiti(import.meta.url).import(${JSON.stringify(module)});
    const tags = Array.from({ length: 1000 }, (_, index) => 'v' + ((index * 7919) % 1000) + '.' + index + '.0-rc.1');
    const { exec } = RegExp.prototype;
    let reads = 0;
    RegExp.prototype.exec = function (text) {
      reads += 1;
      return exec.call(this, text);
    };
    console.log(JSON.stringify({ sorted: sortTags(tags).length, reads }));
  `;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  const { sorted, reads } = JSON.parse(printed);
  expect(sorted).toBe(1000);
  expect(reads).toBeGreaterThanOrEqual(1000);
  expect(reads).toBeLessThan(2100);
});

test('tags that differ in zeros alone came in the order of the listing', () => {
  const tags = ['build01', 'build1', 'v1.0', '1.0', 'v1.00'];
  expect(sortTags(tags)).toEqual(sortTags(tags.toReversed()));
});
