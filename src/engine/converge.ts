import type { Connection } from '../connection/connection.js';
import type { HostContext } from '../model/resource.js';
import type { Become } from '../model/task.js';
import { applyChange } from './apply-change.js';
import { type Ending, failedEnding } from './ending.js';
import type { FlushRound } from './flush-round.js';
import type { DueHandler } from './handlers.js';
import { Lookahead } from './lookahead.js';
import type { Measurements } from './measurements.js';
import type { PendingRecords } from './pending-records.js';
import { type Change, changeEnding, planTask } from './plan-task.js';
import { outputOf, whatFailed, whatIsStillWrong } from './verify-change.js';
import type { Turn, Workman } from './workman.js';

/** What a {@link Converger} works with. */
export interface ConvergerParts {
  readonly connection: Connection;
  readonly measurements: Measurements;
  readonly host: HostContext;
  /** Undefined where nothing is recorded on the host (staging). */
  readonly records: PendingRecords | undefined;
  /** Name of the run in the host's journal; undefined where none is kept. */
  readonly journal: string | undefined;
}

/**
 * Brings tasks about: plans from the measured state, acts on a difference only, and measures again with the same probe.
 * A change that the second reading doesn't show is a failure.
 */
export class Converger implements Workman {
  readonly #parts: ConvergerParts;
  readonly #lookahead = new Lookahead();

  constructor(parts: ConvergerParts) {
    this.#parts = parts;
  }

  async settle(turn: Turn): Promise<Ending> {
    const { measurements, host } = this.#parts;
    const { task, handler, round } = turn;
    if (!measurements.has(task)) await measurements.measure(this.#lookahead.beside(task, turn.upcoming([])));
    const planned = planTask(task, await measurements.lookedAt(task, (text) => turn.line(text)), host);
    if ('change' in planned) return this.#change(planned.change, planned.state, turn);
    if (handler && round && planned.ending.outcome !== 'failed') await this.dismiss(handler, round);
    return planned.ending;
  }

  forget(): void {
    this.#parts.measurements.forget();
  }

  async dismiss(handler: DueHandler, round: FlushRound): Promise<void> {
    if (round.isLast(handler)) await this.#parts.records?.strike(handler.id);
  }

  async #change(change: Change, state: unknown, turn: Turn): Promise<Ending> {
    const { connection, measurements, host, records, journal } = this.#parts;
    const { task, handler, round, notifies } = turn;
    const { apply } = change;
    const as = measurements.userOf(task);
    if (handler && round?.hasDone(handler, apply)) {
      await this.dismiss(handler, round);
      return { outcome: 'ok', summary: 'another handler of that name has just done the same' };
    }
    const before = apply.via === 'controller' ? undefined : records?.scriptFor(notifies, as);
    if (before === undefined) {
      const trouble = await records?.record(notifies);
      if (trouble !== undefined) return failedEnding(trouble);
    }
    const delivered = await applyChange(connection, measurements, host, {
      task,
      apply,
      as,
      journalId: journal === undefined ? undefined : `${journal}-${turn.index}`,
      before,
      afterSuccess: this.#strike(turn, as),
      ahead: this.#lookahead.afterChange(turn.upcoming(notifies)),
      line: (text) => turn.line(text),
    });
    const failure = whatFailed(change, delivered);
    if (failure !== undefined)
      return { ...failure, result: { ...task.resource.result?.(state), ...outputOf(delivered) } };
    const measured = await measurements.lookedAt(task, (text) => turn.line(text));
    const now = 'state' in measured ? task.resource.result?.(measured.state) : undefined;
    const result = { ...outputOf(delivered), ...now };
    const wrong = whatIsStillWrong(task, change, measured, delivered, host);
    if (handler) await this.#afterHandler(handler, turn, change, as, wrong === undefined);
    return wrong === undefined ? { ...changeEnding(change, 'changed'), result } : { ...wrong, result };
  }

  #strike({ handler, round }: Turn, as: Become) {
    return handler && round?.isLast(handler) ? this.#parts.records?.strikeScript(handler.id, as) : undefined;
  }

  /** A handler's record went with its script's success; what that could not reach follows, or it comes back. */
  async #afterHandler(handler: DueHandler, turn: Turn, change: Change, as: Become, converged: boolean): Promise<void> {
    const { records } = this.#parts;
    if (!converged) {
      await records?.record([handler.task]);
      return;
    }
    turn.round?.note(handler, change.apply);
    if (!turn.round?.isLast(handler)) return;
    await records?.strike(handler.id, change.apply.via === 'controller' ? undefined : as);
  }
}
