import type { HostContext, Ref } from '../../model/resource.js';
import type { Ending } from '../ending.js';
import type { Measured, Measurements } from './measurements.js';
import { changeEnding, planTask } from './plan-task.js';
import type { Turn, Workman } from './workman.js';

/** What earlier tasks would bring about, or may, and how sure that is. Lives as long as the host's run. */
export type Expected = Map<Ref, 'would change' | 'unknown'>;

/**
 * Check mode: reads, and says what a run would do. Where a task leans on something that an earlier one would change
 * first, its verdict is `unknown`, with what it depends on. All it can do to a host is what {@link Measurements} can: probe.
 */
export class Checker implements Workman {
  readonly foresees = true;
  readonly #measurements: Measurements;
  readonly #host: HostContext;
  readonly #expected: Expected;
  readonly #forget: (handlerId: string) => void;

  /** @param forget told of each handler that was foreseen, so that a later play doesn't foresee it again */
  constructor(measurements: Measurements, host: HostContext, expected: Expected, forget: (handlerId: string) => void) {
    this.#measurements = measurements;
    this.#host = host;
    this.#expected = expected;
    this.#forget = forget;
  }

  async settle(turn: Turn): Promise<Ending> {
    const { task, handler } = turn;
    if (!this.#measurements.has(task)) await this.#measurements.measure([task, ...turn.upcoming([])]);
    const measured = await this.#measurements.lookedAt(task, (text) => turn.line(text));
    const { ending, affects } = this.#foresee(turn, measured);
    if (handler !== undefined) this.#forget(handler.id);
    if (ending.outcome === 'would-change' || ending.outcome === 'unknown') {
      for (const ref of affects) {
        if (ending.outcome === 'would-change') this.#expected.set(ref, 'would change');
        else if (!this.#expected.has(ref)) this.#expected.set(ref, 'unknown');
      }
    }
    return ending;
  }

  forget(): void {
    this.#measurements.forget();
  }

  async owe(): Promise<undefined> {}

  async withdraw(): Promise<void> {}

  async dismiss(handler: { readonly id: string }): Promise<void> {
    this.#forget(handler.id);
  }

  #foresee(turn: Turn, measured: Measured): { readonly ending: Ending; readonly affects: readonly Ref[] } {
    const { task, handler, doubts } = turn;
    const planned = planTask(task, measured, this.#host);
    const leansOn = [...doubts, ...this.#needs(task.resource.needs)];
    if (handler !== undefined && !handler.certain) leansOn.push(...handler.by.map((name) => `"${name}" (unknown)`));
    if ('ending' in planned) {
      if (planned.ending.outcome === 'failed') leansOn.push(...(handler?.by ?? []).map((name) => `"${name}"`));
      const ending = leansOn.length === 0 ? planned.ending : unknown(leansOn, withoutVerdict(planned.ending));
      return { ending, affects: task.resource.provides };
    }
    const { change, state } = planned;
    const affects = change.affects ?? task.resource.provides;
    const result = task.resource.result?.(state);
    // A handler that will surely be notified will surely act.
    const sure = handler?.certain === true && doubts.length === 0;
    if (sure || (leansOn.length === 0 && change.uncertain === undefined)) {
      return { ending: { ...changeEnding(change, 'would-change'), result }, affects };
    }
    return { ending: { ...unknown(leansOn, changeEnding(change, 'unknown'), change.uncertain), result }, affects };
  }

  #needs(needs: readonly Ref[]): readonly string[] {
    return needs.flatMap((ref) => {
      const expected = this.#expected.get(ref);
      return expected === undefined ? [] : [`${ref} (${expected})`];
    });
  }
}

/** What can't be known, with the verdict that the present state would give as far as it helps. */
function unknown(leansOn: readonly string[], otherwise: Ending, uncertain?: string): Ending {
  const reasons = [
    ...(uncertain === undefined ? [] : [uncertain]),
    ...(leansOn.length === 0 ? [] : [`depends on ${leansOn.join(', ')}`]),
  ];
  return { ...otherwise, outcome: 'unknown', hint: reasons.join('; ') };
}

function withoutVerdict({ outcome, summary, diff, result }: Ending): Ending {
  switch (outcome) {
    case 'kept':
      return { outcome, summary, diff, result };
    case 'failed':
      return { outcome, summary: `now: ${summary}`, result };
    default:
      return { outcome, summary: '', result };
  }
}
