import type { Task, TaskItem } from '../../model/task.js';
import { FlushRound } from '../handlers/flush-round.js';
import type { DueHandler } from '../handlers/handlers.js';
import { blockStep, stageStep } from './group-steps.js';
import { reportStep } from './report-step.js';
import { endingElsewhere } from './run-once.js';
import { taskStep } from './task-step.js';
import type { StepEnd, WalkContext, WalkEnd } from './walk-context.js';

/** Walk of a host through its tasks of a play, one after the other, with its handlers where they are due. */
export class Walk {
  readonly #context: WalkContext;
  /** Number of `run_once` tasks of each name so far. */
  readonly #onceSeen = new Map<string, number>();
  #hasBegun = false;

  constructor(context: WalkContext) {
    this.#context = context;
  }

  /** @throws ConnectionError when the link is lost */
  async run(): Promise<WalkEnd> {
    const end = await this.#walk();
    return end === 'unclear' ? 'failed' : end;
  }

  async #walk(): Promise<StepEnd> {
    const { agenda, stopping } = this.#context;
    for (let item = agenda.next(); item !== undefined; item = agenda.next()) {
      if (item === 'failed') return 'failed';
      if (stopping.aborted) return 'stopped';
      this.#hasBegun ||= item.kind !== 'flush' && item.kind !== 'block';
      const end = await this.#take(item);
      if (end === 'failed' && agenda.fail()) continue;
      if (end !== 'done') return end;
    }
    return this.#flush(() => true);
  }

  async #take(item: TaskItem): Promise<StepEnd> {
    switch (item.kind) {
      case 'task':
        return item.runOnce === true ? this.#runOnce(item) : taskStep(this.#context, item);
      case 'flush':
        return this.#flush(({ id }) => this.#hasBegun && !this.#context.agenda.hasNotifierOf(id));
      case 'skipped':
        return reportStep(this.#context, item, async () => ({ outcome: 'skipped', summary: item.reason }));
      case 'stage':
        return stageStep(this.#context, item);
      case 'block':
        return blockStep(this.#context, item);
    }
  }

  /**
   * Runs the handlers that are due. One that an earlier run left waits for the tasks that may make it due again: they may
   * correct what it failed for.
   *
   * @param hasTurn whether such a handler runs now
   */
  async #flush(hasTurn: (handler: DueHandler) => boolean): Promise<StepEnd> {
    const round = new FlushRound(this.#context.handlers, hasTurn);
    for (;;) {
      if (this.#context.stopping.aborted) return 'stopped';
      const handler = round.next();
      if (handler === undefined) return 'done';
      const end = await taskStep(this.#context, handler.task, { handler, round });
      if (end !== 'done') return end;
    }
  }

  /** Runs a task that the first host of the batch does for all. */
  async #runOnce(task: Task): Promise<StepEnd> {
    const { host, runOnce, stopping, executors } = this.#context;
    const name = `${task.role ?? ''}\0${task.name}`;
    const seen = (this.#onceSeen.get(name) ?? 0) + 1;
    this.#onceSeen.set(name, seen);
    const key = `${name}\0${seen}`;
    const shared = await runOnce.take(key, host.name);
    if (stopping.aborted) return 'stopped';
    if (shared === undefined) {
      return taskStep(this.#context, task, { share: (ending) => runOnce.share(key, host.name, ending) });
    }
    if (shared.ending.outcome === 'changed') executors.own.forget();
    return reportStep(this.#context, task, async () => endingElsewhere(shared), shared.ending);
  }
}
