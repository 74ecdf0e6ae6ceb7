import { failedEnding, type TaskEnding } from '../task-ending.js';

/** Ending of a `run_once` task, and the host that ran it. */
export interface SharedEnding {
  readonly host: string;
  readonly ending: TaskEnding;
}

/**
 * Coordinator of the tasks that one host of a batch runs for all. The first host in order that is still running does it;
 * when it drops out before, the next. The others wait for the ending.
 */
export class RunOnce {
  readonly #running: Set<string>;
  readonly #endings = new Map<string, SharedEnding>();
  readonly #taken = new Set<string>();
  #waiting: (() => void)[] = [];

  /** @param hosts of the batch, in order */
  constructor(hosts: readonly string[]) {
    this.#running = new Set(hosts);
  }

  isFirst(host: string): boolean {
    const [first] = this.#running;
    return first === host;
  }

  /** Waits for the ending. Returns undefined where this host must run it, and then {@link share} or {@link leave}. */
  async take(task: string, host: string): Promise<SharedEnding | undefined> {
    for (;;) {
      const ending = this.#endings.get(task);
      if (ending !== undefined) return ending;
      if (this.isFirst(host) && !this.#taken.has(task)) {
        this.#taken.add(task);
        return undefined;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  share(task: string, host: string, ending: TaskEnding): void {
    this.#endings.set(task, { host, ending });
    this.#wake();
  }

  /** Takes a host out that has run all its tasks, or dropped out of the run. */
  leave(host: string): void {
    this.#running.delete(host);
    for (const task of this.#taken) if (!this.#endings.has(task)) this.#taken.delete(task);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** Returns the ending that is reported on the hosts that did not run the task. */
export function endingElsewhere({ host, ending }: SharedEnding): TaskEnding {
  switch (ending.outcome) {
    case 'failed':
      return failedEnding(`failed on ${host}, which ran it for all`);
    case 'skipped':
      return ending;
    default:
      return { outcome: 'ok', summary: `run once, on ${host}` };
  }
}
