import type { Handlers } from '../handlers/handlers.js';
import type { HostReporter } from '../host-reporter.js';
import type { HostResults } from '../settle/results.js';
import type { TaskExecutor } from '../settle/task-executor.js';
import type { Agenda } from './agenda.js';
import type { RunOnce } from './run-once.js';
import type { Stepper } from './stepper.js';

/** Parts of a host's walk through a play that its steps share. */
export interface WalkContext {
  readonly host: { readonly name: string; readonly results: HostResults; nextIndex(): number };
  readonly agenda: Agenda;
  readonly handlers: Handlers;
  /** Executor of the host's own tasks, and of those that it delegates to other hosts. */
  readonly executors: { readonly own: TaskExecutor; forDelegate(host: string): TaskExecutor };
  readonly reporter: HostReporter;
  readonly runOnce: RunOnce;
  /** Set below a staging folder: resources that work beyond it are skipped. */
  readonly isStaged: boolean;
  /** Asks whether a task is wanted; undefined without `--step`. */
  readonly wants: Stepper['wants'] | undefined;
  /** Aborted when no new tasks are to start: the run is interrupted, or too many hosts have failed. */
  readonly stopping: AbortSignal;
}

/** End of a host's walk. */
export type WalkEnd = 'done' | 'failed' | 'stopped';

/** End of a step. `unclear`: the outcome of a change is unknown, so the host stops. */
export type StepEnd = WalkEnd | 'unclear';
