import type { HostContext } from '../../model/resource.js';
import type { Become, Task } from '../../model/task.js';
import { type Ending, failedEnding } from '../ending.js';
import type { FlushRound } from '../handlers/flush-round.js';
import type { DueHandler } from '../handlers/handlers.js';
import { handlerId } from '../handlers/pending.js';
import type { Records } from '../handlers/pending-records.js';
import type { LastingConnection } from '../link/lasting-connection.js';
import { applyChange, type Delivered } from './apply-change.js';
import { Lookahead } from './lookahead.js';
import type { Measurements } from './measurements.js';
import { type Change, changeEnding, planTask } from './plan-task.js';
import { outputOf, whatFailed, whatIsStillWrong } from './verify-change.js';
import type { Turn, Workman } from './workman.js';

/** What a {@link Converger} works with. */
export interface ConvergerParts {
  readonly connection: LastingConnection;
  readonly measurements: Measurements;
  readonly host: HostContext;
  /** Undefined where nothing is recorded on the host (staging). */
  readonly records: Records | undefined;
  /** A name for the next change in the host's journal; undefined where none is kept. */
  nextChange(): string | undefined;
}

/**
 * Brings tasks about: plans from the measured state, acts on a difference only, and measures again with the same probe.
 * A change that the second reading doesn't show is a failure.
 */
export class Converger implements Workman {
  readonly foresees = false;
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
    if ('change' in planned) return this.#change(planned.change, planned.state, turn, true);
    if (handler && round && planned.ending.outcome !== 'failed') await this.dismiss(handler, round);
    return planned.ending;
  }

  forget(): void {
    this.#parts.measurements.forget();
  }

  async owe(handlers: readonly Task[]): Promise<string | undefined> {
    return this.#parts.records?.record(handlers);
  }

  async withdraw(handlers: readonly Task[]): Promise<void> {
    for (const handler of handlers) await this.#parts.records?.strike(handlerId(handler));
  }

  async dismiss(handler: DueHandler, round: FlushRound): Promise<void> {
    if (round.isLast(handler)) await this.#parts.records?.strike(handler.id);
  }

  /** @param mayBegin when the link is lost before it was begun, it is planned and made anew */
  async #change(change: Change, state: unknown, turn: Turn, mayBegin: boolean): Promise<Ending> {
    const { connection, measurements, host, records, nextChange } = this.#parts;
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
      journalId: nextChange(),
      before,
      afterSuccess: this.#strike(turn, as),
      ahead: this.#lookahead.afterChange(turn.upcoming(notifies)),
      line: (text) => turn.line(text),
    });
    if ('lost' in delivered && delivered.lost !== 'finished') return this.#afterLoss(delivered, change, turn, mayBegin);
    const failure = whatFailed(task, change, delivered);
    if (failure !== undefined)
      return {
        ...failure,
        hasActed: 'reply' in delivered,
        result: { ...task.resource.result?.(state), ...outputOf(delivered) },
      };
    const measured = await measurements.lookedAt(task, (text) => turn.line(text));
    const now = 'state' in measured ? task.resource.result?.(measured.state) : undefined;
    const result = { ...now, ...outputOf(delivered) };
    const wrong = whatIsStillWrong(task, change, measured, delivered, host);
    if (handler)
      await this.#afterHandler(handler, turn, change, scriptStruckBy(change, delivered, as), wrong === undefined);
    if (wrong !== undefined) return { ...wrong, hasActed: true, result };
    const ending = changeEnding(change, 'changed');
    return { ...('lost' in delivered ? foundAfterwards(ending) : ending), result };
  }

  /** The link was lost in a change, and how it ended isn't known: the state decides, and where it doesn't, that is said. */
  async #afterLoss(
    { lost, why }: Extract<Delivered, { readonly lost: 'not-begun' | 'unknown' }>,
    change: Change,
    turn: Turn,
    mayBegin: boolean,
  ): Promise<Ending> {
    const { measurements, host } = this.#parts;
    const { task, handler } = turn;
    const measured = await measurements.lookedAt(task, (text) => turn.line(text));
    const planned = planTask(task, measured, host);
    if (lost === 'not-begun') {
      const again = `the link was lost before it was begun: ${why}`;
      if (!('change' in planned)) return planned.ending;
      if (mayBegin) return this.#change(planned.change, planned.state, turn, false);
      return failedEnding(`${change.summary}: not done: ${again}`, 'run again');
    }
    if ('change' in planned || planned.ending.outcome === 'failed') {
      const found = 'change' in planned ? `still to be done: ${planned.change.summary}` : planned.ending.summary;
      const text = `${change.summary}: outcome unknown: the link was lost while it was applied, and ${why}; found afterwards: ${found}`;
      const hint = 'it was not applied again; see to it on the host, or run again';
      return { ...failedEnding(text, hint), hasActed: true, isUnclear: true };
    }
    if (handler) await this.#afterHandler(handler, turn, change, undefined, true);
    return { ...foundAfterwards(changeEnding(change, 'changed')), result: planned.ending.result };
  }

  #strike({ handler, round }: Turn, as: Become) {
    return handler && round?.isLast(handler) ? this.#parts.records?.strikeScript(handler.id, as) : undefined;
  }

  /** A handler's record went with its script's success; what that could not reach follows, or it comes back. */
  async #afterHandler(
    handler: DueHandler,
    turn: Turn,
    change: Change,
    struckBy: Become | undefined,
    converged: boolean,
  ): Promise<void> {
    const { records } = this.#parts;
    if (!converged) {
      await records?.record([handler.task]);
      return;
    }
    turn.round?.note(handler, change.apply);
    if (!turn.round?.isLast(handler)) return;
    await records?.strike(handler.id, struckBy);
  }
}

/** Whose script has surely struck off a handler's record. */
function scriptStruckBy({ apply }: Change, delivered: Delivered, as: Become): Become | undefined {
  return apply.via === 'controller' || 'lost' in delivered ? undefined : as;
}

function foundAfterwards(ending: Ending): Ending {
  return { ...ending, summary: `${ending.summary} (the link was lost while it was applied: found done afterwards)` };
}
