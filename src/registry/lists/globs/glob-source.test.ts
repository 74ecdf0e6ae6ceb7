import { describe, expect, it } from 'vitest';
import { type GlobCase, globCases } from '../../../../test/kit/lists/glob-cases.js';
import { globPattern, matcherOf } from '../pattern.js';
import { globSource } from './glob-source.js';

function test(glob: string): (name: string) => boolean {
  const pattern = globPattern(glob);
  if ('error' in pattern) throw new Error(pattern.error);
  return matcherOf(pattern);
}

/** Names that fit, as picomatch found them where it has the form, and names that don't. */
describe('globs', () => {
  it.each<GlobCase>([
    ...globCases,
    ['**a**', ['bab'], ['x/a/y']],
    ['{a/**,b}', ['a', 'a/x/y', 'b'], ['b/x']],
    ['(**/a|b)', ['a', 'x/y/a', 'b'], ['x/b']],
    ['*/*', ['a/b'], ['a', 'a/b/c']],
    ['*a*', ['a', 'bab'], ['a/b']],
    ['1.*', ['1.2', '1.2.3-alpine'], ['1', '12']],
    ['*-alpine', ['1-alpine'], ['1-alpine3']],
    ['*.*', ['a.b', '.a'], ['ab']],
    ['{latest,v*}', ['latest', 'v1'], ['1']],
    ['{a,{b,c}d}', ['a', 'bd', 'cd'], ['b', 'ad']],
    ['a{,b}', ['a', 'ab'], ['b']],
    ['{a}', ['{a}'], ['a']],
    ['{}', ['{}'], []],
    ['a{2}', ['a{2}'], ['aa']],
    ['a}b', ['a}b'], ['ab']],
    ['a(b', ['a(b'], ['ab']],
    ['a)b', ['a)b'], ['ab']],
    ['{1..3}', ['1', '3'], ['0', '4', '{1..3}']],
    ['v{8..12}.x', ['v8.x', 'v10.x', 'v12.x'], ['v1.x', 'v13.x']],
    ['{08..10}', ['08', '09', '10'], ['8']],
    ['{a..c}', ['a', 'c'], ['d']],
    ['{c..a}', ['b'], ['d']],
    ['[0-9]+', ['1', '12'], ['1+', '']],
    ['v[0-9]+.x', ['v12.x'], ['v1+.x', 'v.x']],
    ['[!a]b', ['cb', '!b'], ['ab', '/b']],
    ['[^a]b', ['cb'], ['ab', '/b']],
    ['[]a]', ['a', ']'], ['b']],
    ['[a', ['[a'], ['a']],
    ['a]', ['a]'], ['a']],
    ['[a-]', ['a', '-'], ['b']],
    ['[\\]x]', [']', 'x'], ['\\']],
    ['[[:digit:]]*', ['1a'], ['a1']],
    ['[.+]', ['.', '+'], ['a']],
    ['@(a|b)', ['a', 'b'], ['ab', '']],
    ['+(a|b)', ['ab', 'aba'], ['', 'ac']],
    ['*(a)b', ['b', 'aab'], ['cb']],
    ['?(a)b', ['b', 'ab'], ['aab']],
    ['(a|b)c', ['ac', 'bc'], ['abc', 'c']],
    ['(ab)+', ['ab', 'abab'], ['aba']],
    ['a|b', ['a|b'], ['a', 'b']],
    ['!a', ['!a'], ['a', 'b']],
    ['a\\*b', ['a*b'], ['axb']],
    ['a.b$^+', ['a.b$^+'], ['axb$^+']],
    ['A', ['A'], ['a']],
  ])('%s', (glob, fitting, others) => {
    expect([...fitting, ...others].filter(test(glob))).toEqual(fitting);
  });

  it.each([
    ['*a*a*a*a*a*a*a*a*a*a*a*a*a*b', 'a'.repeat(255)],
    ['+(a|aa)+(a|aa)b', 'a'.repeat(255)],
    ['+(+(+(a)))b', 'a'.repeat(255)],
    ['(a+)+b', 'a'.repeat(255)],
    [`${'**/'.repeat(100)}b`, `${'a/'.repeat(120)}c`],
    [`${'{a,aa}'.repeat(80)}b`, 'a'.repeat(160)],
    [`${'+('.repeat(160)}a${')'.repeat(160)}b`, 'a'.repeat(255)],
    [`{1..1000}${'?'.repeat(100)}b`, '1'.repeat(200)],
  ])('%s never hung on a name that a registry made for it', (glob, name) => {
    expect(test(glob)(name)).toBe(false);
  });

  it('says what it cannot do', () => {
    const problem = (glob: string) => JSON.stringify(globSource(glob));
    expect(
      ['!(a|b)', 'x/!(a)', '{1..1001}', '{1..600}{1..600}', '{a..12}', '[b-a]'].map(problem).join('\n'),
    ).toMatchInlineSnapshot(`
        "{"problem":"!(…) cannot be used: write what it leaves out as a pattern of its own that excludes"}
        {"problem":"!(…) cannot be used: write what it leaves out as a pattern of its own that excludes"}
        {"problem":"{1..1001} has more than 1000 numbers"}
        {"problem":"the ranges in braces have more than 1000 numbers in all"}
        {"problem":"{a..12} is neither a range of numbers nor of letters"}
        {"problem":"the range b-a runs backwards"}"
      `);
  });
});
