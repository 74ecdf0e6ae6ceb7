import { expect, test } from 'vitest';
import { count } from './count.js';
import { formatBytes } from './format-bytes.js';
import { formatDuration } from './format-duration.js';
import { mapInParallel } from './in-parallel.js';

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

test('results are in the order of the items, whichever is done first; after an error none is begun', async () => {
  const slow = (at: number) => new Promise<number>((resolve) => setTimeout(resolve, at === 0 ? 20 : 0, at));
  expect(await mapInParallel([0, 1, 2], 2, slow)).toEqual([0, 1, 2]);
  const begun: number[] = [];
  const failing = mapInParallel([0, 1, 2, 3], 2, async (at) => {
    begun.push(at);
    if (at === 1) throw new Error('refused');
    return await slow(at);
  });
  await expect(failing).rejects.toThrow('refused');
  expect(begun).toEqual([0, 1]);
});
