import type { Apply, Reply } from '../../model/resource.js';
import type { Become, Task } from '../../model/task.js';
import type { Sh } from '../../sh.js';

/** Default seconds that a change may take. */
export const applyDeadline = 600;

/** Change to be sent to the host, with what is sent around it. */
export interface Delivery {
  readonly task: Task;
  readonly apply: Apply;
  readonly as: Become;
  /** Name of the change in the host's journal; undefined where none is kept. */
  readonly journalId: string | undefined;
  readonly before: Sh | undefined;
  readonly afterSuccess: Sh | undefined;
  /** Later tasks that are measured with it. */
  readonly ahead: readonly Task[];
  line(text: string): void;
}

/** Result of a change: the reply of its script, or why the controller could not make it. */
export type DeliveryResult =
  | { readonly reply: Reply; readonly leftOut?: number | undefined }
  | { readonly timedOut: number; readonly reply: Reply }
  | { readonly failure: string; readonly hint?: string | undefined }
  /** The link was lost during the change. `not-started`: it never will start. */
  | { readonly lost: 'not-started' | 'unknown'; readonly why: string }
  /** The link was lost, and the host reported the exit status afterwards. */
  | { readonly lost: 'finished'; readonly reply: Reply };
