import type { Task } from '../../model/task.js';
import type { Ending } from '../ending.js';
import type { FlushRound } from '../handlers/flush-round.js';
import type { DueHandler } from '../handlers/handlers.js';
import type { Doubts } from './results.js';

/** A task whose time has come, and what is around it. */
export interface Turn {
  readonly task: Task;
  /** Number within the host's run. */
  readonly index: number;
  /** Set when the task runs as a handler: in which round of them. */
  readonly handler: DueHandler | undefined;
  readonly round: FlushRound | undefined;
  /** Handlers that it makes due when it changes something. */
  readonly notifies: readonly Task[];
  /** What its being reached leans on that check mode can't know. */
  readonly doubts: Doubts;
  /** The tasks behind it, as far as can be seen. @param notified handlers that will be due when it has changed something */
  upcoming(notified: readonly Task[]): Iterable<Task>;
  /** A line of output while it is being applied. */
  line(text: string): void;
}

/** What does the work of a task: brings it about, or in check mode foresees what would be done. */
export interface Workman {
  /** Check mode: nothing is done. */
  readonly foresees: boolean;
  /** @throws ConnectionError when the link is lost */
  settle(turn: Turn): Promise<Ending>;
  /** Something was changed on another host: nothing measured before is used any more. */
  forget(): void;
  /** Writes down handlers that are due although no change said so. @returns why that can't be done, or nothing */
  owe(handlers: readonly Task[]): Promise<string | undefined>;
  /** Handlers that were written down for a change that turned out to be none. */
  withdraw(handlers: readonly Task[]): Promise<void>;
  /** A due handler turned out not to be wanted. */
  dismiss(handler: DueHandler, round: FlushRound): Promise<void>;
}
