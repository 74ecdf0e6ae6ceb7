import { expect, it } from 'vitest';
import { rangeIn } from './range.js';

it.each([
  [undefined, undefined],
  ['bytes=0-', [0, 9]],
  ['bytes=3-5', [3, 5]],
  ['bytes=3-500', [3, 9]],
  ['bytes=0-0', [0, 0]],
  ['bytes=-4', [6, 9]],
  ['bytes=-40', [0, 9]],
  ['bytes=-0', 'outside'],
  ['bytes=10-', 'outside'],
  ['bytes=5-3', undefined],
  ['bytes=0-1,3-4', undefined],
  ['bytes=-', undefined],
  ['lines=1-2', undefined],
  [`bytes=${'9'.repeat(400)}-`, undefined],
] as const)('%s of ten bytes', (header, range) => {
  expect(rangeIn(header, 10)).toEqual(range);
});

it('nothing of a layer without bytes can be had in part', () => {
  expect([rangeIn('bytes=0-', 0), rangeIn('bytes=-1', 0), rangeIn(undefined, 0)]).toEqual([
    'outside',
    'outside',
    undefined,
  ]);
});
