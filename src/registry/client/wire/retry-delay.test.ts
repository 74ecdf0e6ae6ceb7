import { expect, test } from 'vitest';
import { retryAfter } from './retry-delay.js';

const date = 'Fri, 15 Jan 2027 08:00:00 GMT';

test.each([
  ['3', 3000],
  ['1.5', 1500],
  [' 1 ', 1000],
  ['2s', 2000],
  ['1, 1', 1000],
  ['Fri, 15 Jan 2027 08:00:30 GMT', 30_000],
  ['Friday, 15-Jan-27 08:00:30 GMT', 30_000],
  ['Fri Jan 15 08:00:30 2027 GMT', 30_000],
  ['2027-01-15T08:00:30Z', 30_000],
  ['Fri, 15 Jan 2027 07:00:00 GMT', 0],
  ['-1', undefined],
  ['soon', undefined],
  ['', undefined],
])('Retry-After: %s', (header, wait) => {
  expect(retryAfter({ 'retry-after': header, date })).toBe(wait);
});
