import type { Task } from '../../model/task.js';

/** Answer to the question about a task: run it, skip it, or run it and all the rest. */
export type StepAnswer = 'yes' | 'no' | 'continue';

/** Question about a task, put to a person. */
export type AskStep = (about: {
  readonly host: string;
  readonly task: Pick<Task, 'name' | 'role' | 'delegate'>;
  readonly handler: boolean;
}) => Promise<StepAnswer>;

/** Confirmation of each task of each host (`--step`), one question after the other, until the answer is to continue. */
export class Stepper {
  readonly #ask: AskStep;
  #last: Promise<boolean> = Promise.resolve(true);
  #isOver = false;

  constructor(ask: AskStep) {
    this.#ask = ask;
  }

  /** Asks whether a task is wanted. */
  wants(...[about]: Parameters<AskStep>): Promise<boolean> {
    this.#last = this.#last.then(async () => {
      if (this.#isOver) return true;
      const answer = await this.#ask(about);
      this.#isOver = answer === 'continue';
      return answer !== 'no';
    });
    return this.#last;
  }
}
