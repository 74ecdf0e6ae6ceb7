import { expect, test } from 'vitest';
import { count } from './count.js';
import { formatBytes } from './format-bytes.js';
import { formatDuration } from './format-duration.js';

test.each([
  [0, 'image', undefined, '0 images'],
  [1, 'image', undefined, '1 image'],
  [3, 'authority', 'authorities', '3 authorities'],
])('count(%d, %s)', (number, noun, plural, text) => {
  expect(count(number, noun, plural)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [12_345_678, '12.3 MB'],
  [999_600_000, '1.0 GB'],
  [5e15, '5000 TB'],
])('formatBytes(%d)', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0.42, '0.4 s'],
  [5, '5 s'],
  [9.96, '10 s'],
  [59.6, '1 min'],
  [65, '1 min 5 s'],
  [3600, '1 h'],
  [3_720, '1 h 2 min'],
  [21_600, '6 h'],
])('formatDuration(%d)', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
