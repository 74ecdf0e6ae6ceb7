import type { Task } from '../../model/task.js';

/** What is said to a task that is asked about: do it, leave it out, or do it and all the rest. */
export type Answer = 'yes' | 'no' | 'continue';

/** Asks somebody about a task. */
export type Ask = (about: {
  readonly host: string;
  readonly task: Pick<Task, 'name' | 'role' | 'delegate'>;
  readonly handler: boolean;
}) => Promise<Answer>;

/** `--step`: each task of each host is asked about before it is done, one after the other, until the answer is to go on. */
export class Stepper {
  readonly #ask: Ask;
  #last: Promise<boolean> = Promise.resolve(true);
  #isOver = false;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Whether a task is wanted. */
  wants(...[about]: Parameters<Ask>): Promise<boolean> {
    this.#last = this.#last.then(async () => {
      if (this.#isOver) return true;
      const answer = await this.#ask(about);
      this.#isOver = answer === 'continue';
      return answer !== 'no';
    });
    return this.#last;
  }
}
