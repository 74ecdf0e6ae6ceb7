import type { Diff } from '../model/resource.js';
import type { Outcome } from './events.js';

/** How a task came out, before it is told. */
export interface Ending {
  readonly outcome: Outcome;
  readonly summary: string;
  readonly hint?: string | undefined;
  readonly diff?: Diff | undefined;
  readonly details?: readonly string[] | undefined;
  /** What the host said, when a script failed. */
  readonly stdout?: string | undefined;
  readonly stderr?: string | undefined;
  readonly status?: number | undefined;
  /** Part of it was left alone although it differs. */
  readonly kept?: boolean | undefined;
  /** What `register` keeps beside the flags. */
  readonly result?: Readonly<Record<string, unknown>> | undefined;
}

/** The task failed, for a reason that an exception or a resource gave. */
export function failedEnding(summary: string, hint?: string): Ending {
  return { outcome: 'failed', summary, hint };
}
