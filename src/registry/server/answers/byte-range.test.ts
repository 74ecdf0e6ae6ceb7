import { expect, test } from 'vitest';
import { byteRange, chunkRange, matchesEtag } from './byte-range.js';

test.each([
  [undefined, { kind: 'whole' }],
  ['bytes=0-', { kind: 'part', start: 0, length: 100 }],
  ['bytes=10-19', { kind: 'part', start: 10, length: 10 }],
  ['bytes=90-200', { kind: 'part', start: 90, length: 10 }],
  ['bytes=-5', { kind: 'part', start: 95, length: 5 }],
  ['bytes=-500', { kind: 'part', start: 0, length: 100 }],
  ['bytes=100-', { kind: 'beyond' }],
  ['bytes=-0', { kind: 'beyond' }],
  ['bytes=20-10', { kind: 'beyond' }],
  ['Bytes=10-19', { kind: 'part', start: 10, length: 10 }],
  ['bytes=0-1,5-6', { kind: 'whole' }],
  ['lines=1-2', { kind: 'whole' }],
  ['bytes=-', { kind: 'whole' }],
])('%s of 100 bytes', (header, range) => {
  expect(byteRange(header, 100)).toEqual(range);
});

test('of nothing there is no part', () => {
  expect(byteRange('bytes=0-', 0)).toEqual({ kind: 'beyond' });
  expect(byteRange('bytes=-1', 0)).toEqual({ kind: 'beyond' });
});

test.each([
  ['0-99', { start: 0, length: 100 }],
  ['bytes 100-199/*', { start: 100, length: 100 }],
  ['bytes=5-5', { start: 5, length: 1 }],
  ['9-5', undefined],
  ['0-', undefined],
])('chunk %s', (header, range) => {
  expect(chunkRange(header)).toEqual(range);
});

test.each([
  ['"sha256:a"', true],
  ['sha256:a', true],
  ['"sha256:b", W/"sha256:a"', true],
  ['*', true],
  ['"sha256:b"', false],
  [undefined, false],
])('If-None-Match %s', (header, matches) => {
  expect(matchesEtag(header, 'sha256:a')).toBe(matches);
});
