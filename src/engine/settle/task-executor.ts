import type { Task } from '../../model/task.js';
import type { FlushRound } from '../handlers/flush-round.js';
import type { DueHandler } from '../handlers/handlers.js';
import type { TaskEnding } from '../task-ending.js';
import type { Unknowns } from './results.js';

/** One execution of a task, with what its executor needs to know of its surroundings. */
export interface TaskRun {
  readonly task: Task;
  /** Number within the host's run. */
  readonly index: number;
  /** Handler as which the task runs, if it is one, and the round in which it does. */
  readonly handler: DueHandler | undefined;
  readonly round: FlushRound | undefined;
  /** Handlers that it makes due when it changes something. */
  readonly notifies: readonly Task[];
  /** Unknown results, in check mode, that decide whether this task runs at all. */
  readonly unknowns: Unknowns;
  /** Returns the later tasks that are known by now. @param notified handlers that will be due if it changes something */
  upcoming(notified: readonly Task[]): Iterable<Task>;
  /** Reports a line of output while the change is being made. */
  line(text: string): void;
}

/** Executor of a task, or predictor of its outcome in check mode. */
export interface TaskExecutor {
  /** Set where it only predicts: nothing is changed. */
  readonly isCheckMode: boolean;
  /** @throws ConnectionError when the link is lost */
  execute(run: TaskRun): Promise<TaskEnding>;
  /** Drops all measurements, after a change on another host. */
  forget(): void;
  /** Records handlers as due that no change has recorded. @returns why that can't be done, or nothing */
  recordDue(handlers: readonly Task[]): Promise<string | undefined>;
  /** Clears the records of handlers that a change made due, where it does not count as one. */
  cancelDue(handlers: readonly Task[]): Promise<void>;
  /** Clears the record of a due handler that does not need to run. */
  skipHandler(handler: DueHandler, round: FlushRound): Promise<void>;
}
