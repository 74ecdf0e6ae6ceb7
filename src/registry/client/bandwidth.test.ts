import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Bandwidth } from './bandwidth.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

/** Takes bytes, and returns the milliseconds that the taker was told to wait; the clock stands still. */
async function waitFor(bandwidth: Bandwidth, bytes: number): Promise<number> {
  const stop = new AbortController();
  const taken = bandwidth.take(bytes, stop.signal).then(
    () => 0,
    () => undefined,
  );
  vi.setSystemTime(Date.now());
  stop.abort();
  return (await taken) ?? 1;
}

test('bytes of several transfers share one rate, and idle time saves up no more than a chunk', async () => {
  const bandwidth = new Bandwidth(64 << 10);
  expect(await waitFor(bandwidth, 64 << 10)).toBe(0);
  expect(await waitFor(bandwidth, 1)).toBe(1);
  vi.setSystemTime(Date.now() + 60_000);
  expect(await waitFor(bandwidth, 64 << 10)).toBe(0);
  expect(await waitFor(bandwidth, 1)).toBe(1);
  vi.setSystemTime(Date.now() + 2000);
  expect(await waitFor(bandwidth, 64 << 10)).toBe(0);
});
