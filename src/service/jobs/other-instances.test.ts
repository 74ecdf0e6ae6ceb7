import { expect, it } from 'vitest';
import { OtherInstances } from './other-instances.js';

const second = 1000;
const one = (seenAt: number) => [{ id: 'one', seenAt }];

it('an instance is gone when it has written nothing for a minute, whatever its clock says', () => {
  const others = new OtherInstances(60 * second);
  // Its clock is an hour behind.
  for (let at = 0; at <= 600; at += 10) expect(others.gone(one(at - 3600), at * second)).toEqual([]);
  for (let at = 610; at < 660; at += 10) expect(others.gone(one(-3000), at * second)).toEqual([]);
  expect(others.gone(one(-3000), 660 * second)).toEqual(['one']);
  expect(others.gone(one(-2990), 670 * second)).toEqual([]);
});

it('an instance is not gone because the database, or this process, was away', () => {
  const others = new OtherInstances(60 * second);
  for (let at = 0; at <= 50; at += 10) expect(others.gone(one(1), at * second)).toEqual([]);
  // Five minutes without a look.
  for (let at = 350; at < 410; at += 10) expect(others.gone(one(1), at * second)).toEqual([]);
  expect(others.gone(one(1), 410 * second)).toEqual(['one']);
});
