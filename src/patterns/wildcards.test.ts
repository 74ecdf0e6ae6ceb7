import { describe, expect, it } from 'vitest';
import { shellTest, starsTest, textsInOrderTest } from './wildcards.js';

describe('patterns of a shell', () => {
  it.each([
    ['web*', ['web', 'web1', 'web.example.com'], ['aweb', 'we']],
    ['*', ['', 'a', 'a\nb'], []],
    ['*.example.com', ['a.example.com', '.example.com'], ['example.com', 'a.example.com.']],
    ['w?b', ['web', 'wéb', 'w😀b'], ['wb', 'weeb']],
    ['web[0-9]', ['web0', 'web9'], ['weba', 'web10', 'web[0-9]']],
    ['web[!0-9]', ['weba'], ['web0', 'web']],
    ['web[^0]', ['web0', 'web^'], ['web1']],
    ['web[]a]', ['web]', 'weba'], ['webb']],
    ['web[!]a]', ['webb'], ['web]', 'weba']],
    ['web[a-]', ['weba', 'web-'], ['webb']],
    ['web[', ['web['], ['web']],
    ['web[]', ['web[]'], ['web']],
    ['web[0]-[b-d]', ['web0-c'], ['web0-a', 'web1-c']],
    ['a*b*c', ['abc', 'aXbYc', 'abbcc'], ['ab', 'acb', 'abcd']],
    ['a**c', ['ac', 'abc'], ['a']],
    ['(a|b).$', ['(a|b).$'], ['a.', '(a|b)x$']],
    ['', [''], ['a']],
  ])('%j', (pattern, fitting, others) => {
    const test = shellTest(pattern);
    expect([...fitting, ...others].filter(test)).toEqual(fitting);
  });
});

it("ssh's patterns know no sets", () => {
  const names = ['[web]:22', 'web', 'w', '[web]:2'];
  expect(names.filter(starsTest('[web]:??'))).toEqual(['[web]:22']);
  expect(names.filter(starsTest('*w*'))).toEqual(names);
});

it('texts with anything between them', () => {
  expect(textsInOrderTest(['pull ', ' again'])('pull *?[a again')).toBe(true);
  expect(textsInOrderTest(['pull ', ''])('pull it')).toBe(true);
  expect(textsInOrderTest(['a*', 'b'])('axb')).toBe(false);
});

it('many stars never hung on a long name', () => {
  const name = `${'a'.repeat(255)}b`;
  for (const test of [starsTest, shellTest]) {
    expect(test(`${'*a'.repeat(100)}c`)(name)).toBe(false);
    expect(test(`${'*?a'.repeat(100)}b`)(name)).toBe(true);
  }
  expect(textsInOrderTest(Array.from({ length: 1000 }, () => 'a').concat('c'))(`${'a'.repeat(5000)}b`)).toBe(false);
});
