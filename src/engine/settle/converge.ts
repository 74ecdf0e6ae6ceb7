import type { HostContext } from '../../model/resource.js';
import type { Become, Task } from '../../model/task.js';
import { joinSh } from '../../sh.js';
import type { FlushRound } from '../handlers/flush-round.js';
import type { HandlerRecordStore } from '../handlers/handler-records.js';
import type { DueHandler } from '../handlers/handlers.js';
import { handlerId } from '../handlers/pending.js';
import { userKey } from '../link/become.js';
import type { LastingConnection } from '../link/lasting-connection.js';
import type { MadeBy, WrittenRecords } from '../records/written-records.js';
import { failedEnding, type TaskEnding } from '../task-ending.js';
import { applyChange } from './apply-change.js';
import type { DeliveryResult } from './delivery.js';
import { Lookahead, type Measurements } from './measurements.js';
import { type Change, changeEnding, planTask } from './plan-task.js';
import type { TaskExecutor, TaskRun } from './task-executor.js';
import { changeFailure, convergenceFailure, outputOf } from './verify-change.js';

/** Parts of a {@link Converger}. */
export interface ConvergerParts {
  readonly connection: LastingConnection;
  readonly measurements: Measurements;
  readonly host: HostContext;
  /** Undefined where nothing is recorded on the host (staging). */
  readonly records: HandlerRecordStore | undefined;
  /** Records of what is written on the host; undefined for staging. */
  readonly written: WrittenRecords | undefined;
  /** Returns who makes the things of a task, for their records; undefined where nobody is to remove them. */
  madeBy(task: Task, notifies: readonly Task[]): MadeBy | undefined;
  /** Returns a name for the next change in the host's journal; undefined where none is kept. */
  nextChangeId(): string | undefined;
  /** Decides whether a task may change anything. */
  mayChange(run: TaskRun): boolean;
}

/**
 * Executor that brings tasks about. It plans from the measured state, acts only on a difference, and measures again with
 * the same probe. A change that the second measurement doesn't show is a failure.
 */
export class Converger implements TaskExecutor {
  readonly isCheckMode = false;
  readonly #parts: ConvergerParts;
  readonly #lookahead = new Lookahead();

  constructor(parts: ConvergerParts) {
    this.#parts = parts;
  }

  async execute(run: TaskRun): Promise<TaskEnding> {
    const { measurements, host } = this.#parts;
    const { task, handler, round } = run;
    if (!measurements.has(task)) await measurements.measure(this.#lookahead.beside(task, run.upcoming([])));
    const planned = planTask(task, await measurements.look(task, (text) => run.line(text)), host);
    if ('change' in planned) {
      if (this.#parts.mayChange(run)) return this.#change(planned.change, planned.state, run, true);
      return notAllowed(planned.change, task.resource.result?.(planned.state)); // A handler stays on record.
    }
    if (handler && round && planned.ending.outcome !== 'failed') await this.skipHandler(handler, round);
    return planned.ending;
  }

  forget(): void {
    this.#parts.measurements.forget();
  }

  async recordDue(handlers: readonly Task[]): Promise<string | undefined> {
    return this.#parts.records?.record(handlers);
  }

  async cancelDue(handlers: readonly Task[]): Promise<void> {
    for (const handler of handlers) await this.#parts.records?.clear(handlerId(handler));
  }

  async skipHandler(handler: DueHandler, round: FlushRound): Promise<void> {
    if (round.isLast(handler)) await this.#parts.records?.clear(handler.id);
  }

  /** @param mayRetry the change is planned and made once more when the link is lost before it started */
  async #change(change: Change, state: unknown, run: TaskRun, mayRetry: boolean): Promise<TaskEnding> {
    const { connection, measurements, host, records, written, madeBy, nextChangeId } = this.#parts;
    const { task, handler, round, notifies } = run;
    const { apply } = change;
    const as = measurements.userOf(task);
    if (handler && round?.hasDone(handler, apply)) {
      await this.skipHandler(handler, round);
      return { outcome: 'ok', summary: 'another handler of that name has just done the same' };
    }
    const due = apply.via === 'controller' ? undefined : records?.recordScript(notifies, as);
    if (due === undefined) {
      const problem = await records?.record(notifies);
      if (problem !== undefined) return failedEnding(problem);
    }
    const record = written?.recordScript(change.writes ?? [], as, madeBy(task, notifies));
    const isBeside = record !== undefined && apply.via !== 'controller' && userKey(record.as) === userKey(as);
    if (record !== undefined && !isBeside) await connection.applyIdempotent(record.script, record.as);
    const before = [due, ...(isBeside ? [record.script] : [])].filter((each) => each !== undefined);
    const result = await applyChange(connection, measurements, host, {
      task,
      apply,
      as,
      journalId: nextChangeId(),
      before: before.length === 0 ? undefined : joinSh(before),
      afterSuccess: handler && round?.isLast(handler) ? records?.clearScript(handler.id, as) : undefined,
      ahead: this.#lookahead.afterChange(run.upcoming(notifies)),
      line: (text) => run.line(text),
    });
    if ('lost' in result && result.lost !== 'finished') return this.#afterLoss(result, change, run, mayRetry);
    const failure = changeFailure(task, change, result);
    if (failure !== undefined)
      return {
        ...failure,
        hasActed: 'reply' in result,
        result: { ...task.resource.result?.(state), ...outputOf(result) },
      };
    return this.#verify(change, result, run, as);
  }

  async #verify(change: Change, result: DeliveryResult, run: TaskRun, as: Become): Promise<TaskEnding> {
    const { measurements, host } = this.#parts;
    const { task, handler } = run;
    const measured = await measurements.look(task, (text) => run.line(text));
    const now = 'state' in measured ? task.resource.result?.(measured.state) : undefined;
    const registered = { ...now, ...outputOf(result) };
    const wrong = convergenceFailure(task, change, measured, result, host);
    if (handler) await this.#afterHandler(handler, run, change, clearedBy(change, result, as), wrong === undefined);
    if (wrong !== undefined) return { ...wrong, hasActed: true, result: registered };
    await this.#recordWritten(change, result, run, as);
    const ending = changeEnding(change, 'changed');
    return { ...('lost' in result ? foundDone(ending) : ending), result: registered };
  }

  /** Records what only the change itself could tell. */
  async #recordWritten(change: Change, result: DeliveryResult, run: TaskRun, as: Become): Promise<void> {
    const { connection, written, madeBy } = this.#parts;
    if (change.wrote === undefined || !('reply' in result)) return;
    const record = written?.recordScript(change.wrote(result.reply), as, madeBy(run.task, run.notifies));
    if (record !== undefined) await connection.applyIdempotent(record.script, record.as);
  }

  /** Decides by the measured state after a link was lost during a change; where that doesn't tell, it is unclear. */
  async #afterLoss(
    { lost, why }: Extract<DeliveryResult, { readonly lost: 'not-started' | 'unknown' }>,
    change: Change,
    run: TaskRun,
    mayRetry: boolean,
  ): Promise<TaskEnding> {
    const { measurements, host } = this.#parts;
    const { task, handler } = run;
    const measured = await measurements.look(task, (text) => run.line(text));
    const planned = planTask(task, measured, host);
    if (lost === 'not-started') {
      if (!('change' in planned)) return planned.ending;
      if (mayRetry) return this.#change(planned.change, planned.state, run, false);
      return failedEnding(`${change.summary}: not done: the link was lost before it started: ${why}`, 'run again');
    }
    if ('change' in planned || planned.ending.outcome === 'failed') {
      const found = 'change' in planned ? `still to be done: ${planned.change.summary}` : planned.ending.summary;
      const text = `${change.summary}: outcome unknown: the link was lost while it was applied, and ${why}; found afterwards: ${found}`;
      const hint = 'check it on the host, or run again; it was not applied a second time';
      return { ...failedEnding(text, hint), hasActed: true, isUnclear: true };
    }
    if (handler) await this.#afterHandler(handler, run, change, undefined, true);
    return { ...foundDone(changeEnding(change, 'changed')), result: planned.ending.result };
  }

  /** Clears the records that a handler's script could not clear, or records the handler again where it failed. */
  async #afterHandler(
    handler: DueHandler,
    run: TaskRun,
    change: Change,
    clearedBy: Become | undefined,
    converged: boolean,
  ): Promise<void> {
    const { records } = this.#parts;
    if (!converged) {
      await records?.record([handler.task]);
      return;
    }
    run.round?.note(handler, change.apply);
    if (!run.round?.isLast(handler)) return;
    await records?.clear(handler.id, clearedBy);
  }
}

/** Returns the ending of a task that differs and may not change anything. */
function notAllowed({ summary, diff }: Change, result: TaskEnding['result']): TaskEnding {
  return { outcome: 'kept', summary, hint: 'it is not in the plan that is carried out: make another', diff, result };
}

/** Returns the user whose script has surely cleared a handler's record. */
function clearedBy({ apply }: Change, result: DeliveryResult, as: Become): Become | undefined {
  return apply.via === 'controller' || 'lost' in result ? undefined : as;
}

function foundDone(ending: TaskEnding): TaskEnding {
  return { ...ending, summary: `${ending.summary} (the link was lost while it was applied: found done afterwards)` };
}
