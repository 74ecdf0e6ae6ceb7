import type { Diff, KeptDifference } from '../model/resource.js';
import type { Outcome } from './events.js';

/** Outcome of a task with its summary and details, before it is reported. */
export interface TaskEnding {
  readonly outcome: Outcome;
  readonly summary: string;
  readonly hint?: string | undefined;
  readonly diff?: Diff | undefined;
  readonly details?: readonly string[] | undefined;
  /** Output of the script that failed, and its exit status. */
  readonly stdout?: string | undefined;
  readonly stderr?: string | undefined;
  readonly status?: number | undefined;
  /** Set where a part of it was kept although it differs. */
  readonly kept?: boolean | undefined;
  /** Origin of the text that was kept, where the host's records tell. */
  readonly origin?: KeptDifference['origin'];
  /** Set where it failed after something was done, which may have changed something. */
  readonly hasActed?: boolean | undefined;
  /** Set where the change may or may not have been made, or still runs: the host must not be touched any further. */
  readonly isUnclear?: boolean | undefined;
  /** Set in check mode where the outcome is known, but not the result. */
  readonly isForeseen?: boolean | undefined;
  /** Reason of a skip that reports show at any verbosity. */
  readonly skippedBecause?: 'root' | undefined;
  /** Values that `register` keeps beside the flags. */
  readonly result?: Readonly<Record<string, unknown>> | undefined;
}

/** Returns the ending of a task that failed. */
export function failedEnding(summary: string, hint?: string): TaskEnding {
  return { outcome: 'failed', summary, hint };
}
