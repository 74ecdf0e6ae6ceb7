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
  /** It failed in or after something was done about it, which may have changed something. */
  readonly hasActed?: boolean | undefined;
  /** Whether it was done isn't known, or whether it is still under way: the host must be left alone. */
  readonly isUnclear?: boolean | undefined;
  /** In check mode: how it would end is known, what it would find out isn't. */
  readonly isForeseen?: boolean | undefined;
  /** What `register` keeps beside the flags. */
  readonly result?: Readonly<Record<string, unknown>> | undefined;
}

/** The task failed, for a reason that an exception or a resource gave. */
export function failedEnding(summary: string, hint?: string): Ending {
  return { outcome: 'failed', summary, hint };
}
