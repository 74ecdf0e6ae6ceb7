import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, ConnectionError } from '../../connection/connection.js';
import { explainError } from '../explain-error.js';
import { isOutOfDescriptors } from '../out-of-descriptors.js';

/** Options of {@link reconnect}. */
export interface ReconnectOptions {
  /** Connects once. */
  connect(): Promise<Connection>;
  /** Seconds in which a lost link must be restored. */
  readonly seconds: number;
  /** Aborted when the run is interrupted: no more attempts are made. */
  readonly signal: AbortSignal;
}

/** Milliseconds from one attempt to connect to the next: the first, and the longest. */
const pauses = { first: 250, longest: 4000 };

/**
 * Connects again after the link was lost; each pause between two attempts is longer than the one before.
 *
 * @throws ConnectionError when the host is not reached in time
 */
export async function reconnect(lost: ConnectionError, options: ReconnectOptions): Promise<Connection> {
  const { connect, seconds, signal } = options;
  const late = performance.now() + seconds * 1000;
  for (let pause = pauses.first; ; pause = Math.min(pause * 2, pauses.longest)) {
    try {
      return await connect();
    } catch (error) {
      const mayRetry = isTransient(error) && performance.now() + pause < late && !signal.aborted;
      if (!mayRetry) throw stillLost(lost, error, seconds);
      await sleep(pause, undefined, { signal }).catch(() => {}); // Interrupted: one last attempt follows.
    }
  }
}

/** Tells whether another attempt to connect may succeed. */
function isTransient(error: unknown): boolean {
  if (isOutOfDescriptors(error)) return true;
  if (!(error instanceof ConnectionError)) return false;
  return ['lost', 'refused', 'closed', 'timeout', 'unresolved', 'locked'].includes(error.problem);
}

function stillLost(lost: ConnectionError, error: unknown, seconds: number): ConnectionError {
  const { message, hint } = explainError(error);
  const why = isTransient(error) ? `it could not be restored within ${seconds} s` : 'it could not be restored';
  return new ConnectionError('lost', `${lost.message}; ${why}: ${message}`, hint ?? lost.hint, { cause: lost });
}
