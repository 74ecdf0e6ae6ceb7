import { expect, it } from 'vitest';
import { nearest } from './nearest.js';

it.each([
  ['hots', 'hosts'],
  ['wbe', 'web'],
  ['WEB', 'web'],
  ['chidlren', 'children'],
  ['x', undefined],
  ['entirely', undefined],
])('%s is near %s', (word, expected) => {
  expect(nearest(word, ['hosts', 'web', 'children', 'a'])).toBe(expected);
});
