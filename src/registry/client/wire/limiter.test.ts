import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Limiter } from './limiter.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function turns(limiter: Limiter, count: number, signal?: AbortSignal): (() => void)[] {
  const leaves: (() => void)[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    limiter.enter(signal).then(
      (leave) => leaves.push(leave),
      () => {},
    );
  }
  return leaves;
}

test('widens while all goes well, halves once a second however many requests complain', async () => {
  const limiter = new Limiter({ start: 2, most: 8 });
  const leaves = turns(limiter, 5);
  await vi.advanceTimersByTimeAsync(0);
  expect(leaves).toHaveLength(2);
  limiter.recordSuccess();
  leaves[0]?.();
  leaves[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(leaves).toHaveLength(4);
  for (let answer = 0; answer < 20; answer += 1) limiter.recordSuccess();
  expect(limiter.width).toBe(8);
  vi.advanceTimersByTime(2000);
  limiter.recordOverload();
  limiter.recordOverload();
  expect(limiter.width).toBe(4);
});

test('begins nothing before the time that the registry named', async () => {
  const limiter = new Limiter();
  limiter.pause(5000);
  const leaves = turns(limiter, 1);
  await vi.advanceTimersByTimeAsync(4900);
  expect(leaves).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(leaves).toHaveLength(1);
});

test('keeps to a rate', async () => {
  const limiter = new Limiter({ perSecond: 10 });
  const leaves = turns(limiter, 10);
  await vi.advanceTimersByTimeAsync(450);
  expect(leaves).toHaveLength(5);
});

test('who gives up while waiting takes nobody else their turn', async () => {
  const limiter = new Limiter({ start: 1, most: 1 });
  const [first] = [turns(limiter, 1)];
  const stop = new AbortController();
  turns(limiter, 1, stop.signal);
  const last = turns(limiter, 1);
  await vi.advanceTimersByTimeAsync(0);
  stop.abort();
  first?.[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(last).toHaveLength(1);
});
