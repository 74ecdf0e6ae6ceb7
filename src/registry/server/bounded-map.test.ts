import { expect, test } from 'vitest';
import { BoundedMap } from './bounded-map.js';

test('what came first is forgotten beyond the bound, and a value that is set again counts once', () => {
  const map = new BoundedMap<string, string>(10, ({ length }) => length);
  map.set('a', '1234');
  map.set('a', '12345');
  map.set('b', '12345');
  expect([map.get('a'), map.get('b')]).toEqual(['12345', '12345']);
  map.set('c', '1');
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([undefined, '12345', '1']);
  map.set('large', 'x'.repeat(20));
  expect(['b', 'c', 'large'].map((key) => map.get(key)?.length)).toEqual([undefined, undefined, 20]);
  map.set('d', '1');
  expect([map.get('large'), map.get('d')]).toEqual([undefined, '1']);
});
