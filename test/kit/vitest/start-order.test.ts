import { expect, test } from 'vitest';
import { startOrder } from './start-order.js';

const job = (name: string, seconds: number, ...held: string[]) => ({ name, seconds, held, pooled: 0 });
const names = (jobs: readonly { readonly name: string }[]) => jobs.map(({ name }) => name);

test('the longest starts first, whatever nobody waits for last', () => {
  expect(names(startOrder([job('a', 1), job('b', 9), job('c', 5)], 2))).toEqual(['b', 'c', 'a']);
});

test('of what holds one host, all of it counts; while it is held, others start', () => {
  const jobs = [job('long', 60), job('x1', 40, 'x'), job('x2', 30, 'x'), job('short', 10)];
  // x1 and x2 take 70 s together; x2 would wait for x1 if it started second.
  expect(names(startOrder(jobs, 2))).toEqual(['x1', 'long', 'x2', 'short']);
});

test('hosts of the pool are four', () => {
  const pooled = Array.from({ length: 6 }, (_, index) => ({ ...job(`p${index}`, 10 + index), pooled: 1 }));
  expect(names(startOrder([...pooled, job('other', 1)], 6))).toEqual(['p5', 'p4', 'p3', 'p2', 'other', 'p1', 'p0']);
});
