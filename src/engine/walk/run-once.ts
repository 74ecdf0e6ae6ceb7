import { type Ending, failedEnding } from '../ending.js';

/** How a `run_once` task came out, and where it ran. */
export interface SharedEnding {
  readonly host: string;
  readonly ending: Ending;
}

/**
 * Tasks that one host of a batch does for all: the first in the batch's order that is still at work; when it drops out
 * before it got there, the next. The others wait for how it came out.
 */
export class RunOnce {
  readonly #atWork: string[];
  readonly #endings = new Map<string, SharedEnding>();
  readonly #taken = new Set<string>();
  #waiting: (() => void)[] = [];

  /** @param hosts of the batch, in order */
  constructor(hosts: readonly string[]) {
    this.#atWork = [...hosts];
  }

  isFirst(host: string): boolean {
    return this.#atWork[0] === host;
  }

  /** Waits for its turn or for the result. Undefined: this host is to do it, and must {@link share} or {@link leave}. */
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

  share(task: string, host: string, ending: Ending): void {
    this.#endings.set(task, { host, ending });
    this.#wake();
  }

  /** The host is through with its tasks, or out of the run. */
  leave(host: string): void {
    const place = this.#atWork.indexOf(host);
    if (place >= 0) this.#atWork.splice(place, 1);
    for (const task of this.#taken) if (!this.#endings.has(task)) this.#taken.delete(task);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** How it is told on the hosts that did not do it. */
export function elsewhere({ host, ending }: SharedEnding): Ending {
  switch (ending.outcome) {
    case 'failed':
      return failedEnding(`failed on ${host}, which ran it for all`);
    case 'skipped':
      return ending;
    default:
      return { outcome: 'ok', summary: `run once, on ${host}` };
  }
}
