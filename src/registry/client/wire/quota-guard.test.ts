import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Limiter } from './limiter.js';
import { QuotaGuard } from './quota-guard.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

function guard(reserve: number) {
  const limiter = new Limiter();
  const pauses: number[] = [];
  vi.spyOn(limiter, 'pause').mockImplementation((milliseconds) => void pauses.push(milliseconds));
  const notices: string[] = [];
  return { guard: new QuotaGuard('hub.test', limiter, reserve, (line) => void notices.push(line)), pauses, notices };
}

const left = (number: number) => ({ 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': `${number};w=21600` });

test('a quota is used up to its end without a reserve, and no further than the reserve with one', () => {
  const { guard: all, pauses } = guard(0);
  expect(all.apply(left(1))).toBe(true);
  expect(all.apply(left(0))).toBe(false);
  expect(pauses).toEqual([]);
  const { guard: some, pauses: kept, notices } = guard(20);
  expect(some.apply(left(21))).toBe(true);
  expect(some.apply(left(20))).toBe(false);
  expect(kept).toEqual([15 * 60_000]);
  expect(notices).toEqual([
    'hub.test: its quota (100 in 6 h) is used up but for 20, which are kept in reserve, waiting 15 min; with an account there may be more',
  ]);
});

test('answers to requests under way count as one wait; after an hour of waits the rest fails', () => {
  const { guard: some } = guard(20);
  for (let wait = 0; wait < 5; wait += 1) {
    some.check('read a manifest');
    for (let answer = 0; answer < 3; answer += 1) some.apply(left(19));
    vi.setSystemTime(Date.now() + 15 * 60_000);
  }
  expect(() => some.check('read a manifest')).toThrow(
    'could not read a manifest: 19 requests of the quota (100 in 6 h) of hub.test are left, and 20 are kept in reserve',
  );
});

test('a wait that helped begins the hour anew', () => {
  const { guard: some } = guard(20);
  for (let wait = 0; wait < 9; wait += 1) {
    some.apply(left(wait % 3 === 2 ? 50 : 19));
    vi.setSystemTime(Date.now() + 15 * 60_000);
  }
  expect(() => some.check('read a manifest')).not.toThrow();
});
