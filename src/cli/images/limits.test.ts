import { expect, test } from 'vitest';
import { wholeNumber } from '../terminal/option-values.js';
import { type GivenLimit, limit, limitsOf, unusedLimits } from './limits.js';

const parse = (...values: readonly string[]) =>
  values.reduce<readonly GivenLimit[]>((given, value) => limit(wholeNumber)(value, given), []);
const none = { rate: [], connections: [], bandwidth: [], reserve: [] };

test('a limit of one registry comes before that of all, under each of its names', () => {
  const request = { ...none, rate: parse('10', 'index.docker.io=2', 'https://r.test:5000=3', '20') };
  expect(limitsOf(request, 'docker.io').rate).toBe(2);
  expect(limitsOf(request, 'r.test:5000').rate).toBe(3);
  expect(limitsOf(request, 'other.test').rate).toBe(20);
  expect(limitsOf(none, 'other.test').rate).toBeUndefined();
});

test('what options say comes before what a list says', () => {
  const listed = { '*': { reserve: 5 }, 'r.test': { rate: 1, bandwidth: 2 } };
  expect(limitsOf(none, 'r.test', listed)).toMatchObject({ rate: 1, bandwidth: 2 << 20, reserve: 5 });
  expect(limitsOf({ ...none, rate: parse('9') }, 'r.test', listed).rate).toBe(9);
  expect(limitsOf(none, 'other.test', listed)).toMatchObject({ rate: undefined, reserve: 5 });
});

test('a limit of a registry that is not asked, a slip of the pen, was passed over in silence', () => {
  const request = { ...none, rate: parse('10', 'r.tset=2'), reserve: parse('r.test=1') };
  expect(unusedLimits(request, new Set(['r.test']))).toEqual(['r.tset']);
});

test.each(['', 'x', '0', 'r.test=', 'a b=1', '=1', 'r.test=1=2'])('%j is refused', (value) => {
  expect(() => parse(value)).toThrow();
});
