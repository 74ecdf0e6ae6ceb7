import { AsyncLocalStorage } from 'node:async_hooks';

/** Requests made on behalf of something, counted whoever makes them. */
export interface RequestCount {
  requests: number;
}

const tallies = new AsyncLocalStorage<RequestCount>();

/** Runs work and counts the requests that it makes, not those of work that it only waits for. */
export function countRequests<T>(tally: RequestCount, work: () => Promise<T>): Promise<T> {
  return tallies.run(tally, work);
}

/** Counts a request for the work that sends it. */
export function countRequest(): void {
  const tally = tallies.getStore();
  if (tally !== undefined) tally.requests += 1;
}
