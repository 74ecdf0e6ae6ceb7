import { expect, test } from 'vitest';
import { decideBecome } from './become.js';

test('a variable is stronger than a word, in both directions, and a word than the command line', () => {
  const variable = (become?: boolean, becomeUser?: string) => ({ become, becomeUser });
  expect(decideBecome(variable(false, 'a'), { become: true })).toBe(false);
  expect(decideBecome(variable(true), { become: false, becomeUser: 'word' })).toEqual({ user: 'word' });
  expect(decideBecome(variable(undefined, 'a'), { become: true, becomeUser: 'word' })).toEqual({ user: 'a' });
  expect(decideBecome({}, { becomeUser: 'word' }, { become: true, becomeUser: 'option' })).toEqual({ user: 'word' });
  expect(decideBecome({}, { become: false }, { become: true })).toBe(false);
  expect(decideBecome({}, { becomeUser: 'word' })).toBe(false);
  expect(decideBecome({}, { become: true })).toEqual({ user: 'root' });
});
