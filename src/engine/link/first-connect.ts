import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, ConnectionError } from '../../connection/connection.js';

/** Options of {@link connectAtFirst}. */
export interface FirstConnectOptions {
  /** Connects once. */
  connect(): Promise<Connection>;
  /** Attempts after the first. */
  readonly retries: number;
  /** Aborted when the run is interrupted: no more attempts are made. */
  readonly signal: AbortSignal;
  /** Called before the pause that is before another attempt. */
  readonly onRetry: (text: string) => void;
  /** Waits for some milliseconds, or until the signal is aborted. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Milliseconds from one attempt to the next: the first, and the longest. */
const pauses = { first: 1000, longest: 15_000 };

/**
 * Connects to a host that was not reached before. What may pass by itself is tried again: a host that is starting, or
 * has too many logins at a time. A key or password that was refused is not, nor is a host key.
 *
 * @throws ConnectionError of the last attempt
 */
export async function connectAtFirst(options: FirstConnectOptions): Promise<Connection> {
  const { connect, retries, signal, onRetry, wait = sleepUnlessAborted } = options;
  for (let attempt = 1, pause = pauses.first; ; attempt += 1, pause = Math.min(pause * 2, pauses.longest)) {
    try {
      return await connect();
    } catch (error) {
      if (attempt > retries || signal.aborted || !mayPass(error)) throw error;
      onRetry(`${error.message}; it is tried again (${attempt} of ${retries})`);
      // Hosts that were refused together do not all come back together.
      await wait(pause * (0.75 + Math.random() / 2), signal);
      if (signal.aborted) throw error;
    }
  }
}

async function sleepUnlessAborted(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {}); // Aborted.
}

function mayPass(error: unknown): error is ConnectionError {
  return error instanceof ConnectionError && ['refused', 'closed', 'timeout'].includes(error.problem);
}
