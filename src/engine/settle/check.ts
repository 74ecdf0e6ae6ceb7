import type { HostContext, Ref } from '../../model/resource.js';
import type { TaskEnding } from '../task-ending.js';
import type { Measured, Measurements } from './measurements.js';
import { changeEnding, planTask } from './plan-task.js';
import type { TaskExecutor, TaskRun } from './task-executor.js';

/** Refs that earlier tasks would change, with their certainty. Lives as long as the host's run. */
export type ExpectedChanges = Map<Ref, 'would change' | 'unknown'>;

/**
 * Executor of check mode: it reads, and predicts what a run would do. A task that depends on something that an earlier one
 * would change is `unknown`. {@link Measurements} are all that it has of a host, and they can only probe.
 */
export class Checker implements TaskExecutor {
  readonly isCheckMode = true;
  readonly #measurements: Measurements;
  readonly #host: HostContext;
  readonly #expected: ExpectedChanges;
  readonly #forget: (handlerId: string) => void;

  /** @param forget called for each predicted handler, so that a later play doesn't predict it again */
  constructor(
    measurements: Measurements,
    host: HostContext,
    expected: ExpectedChanges,
    forget: (handlerId: string) => void,
  ) {
    this.#measurements = measurements;
    this.#host = host;
    this.#expected = expected;
    this.#forget = forget;
  }

  async execute(run: TaskRun): Promise<TaskEnding> {
    const { task, handler } = run;
    if (!this.#measurements.has(task)) await this.#measurements.measure([task, ...run.upcoming([])]);
    const measured = await this.#measurements.look(task, (text) => run.line(text));
    const { ending, affects } = this.#predict(run, measured);
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

  async recordDue(): Promise<undefined> {}

  async cancelDue(): Promise<void> {}

  async skipHandler(handler: { readonly id: string }): Promise<void> {
    this.#forget(handler.id);
  }

  #predict(run: TaskRun, measured: Measured): { readonly ending: TaskEnding; readonly affects: readonly Ref[] } {
    const { task, handler, unknowns } = run;
    const planned = planTask(task, measured, this.#host);
    const dependsOn = [...unknowns, ...this.#changedNeeds(task.resource.needs)];
    if (handler !== undefined && !handler.certain) dependsOn.push(...handler.by.map((name) => `"${name}" (unknown)`));
    if ('ending' in planned) {
      // It will fail if it is reached, whatever the host is by then.
      if (planned.always && unknowns.length === 0 && handler?.certain !== false)
        return { ending: planned.ending, affects: [] };
      if (planned.ending.outcome === 'failed') {
        dependsOn.push(...(handler?.by ?? []).map((name) => `"${name}"`));
        dependsOn.push(...this.#changedNeeds(task.resource.reaches ?? []));
      }
      const ending = dependsOn.length === 0 ? planned.ending : unknown(dependsOn, withoutVerdict(planned.ending));
      return { ending, affects: task.resource.provides };
    }
    const { change, state } = planned;
    const affects = change.affects ?? task.resource.provides;
    const result = task.resource.result?.(state);
    // A handler that will surely be notified will surely act.
    const sure = handler?.certain === true && unknowns.length === 0;
    if (sure || (dependsOn.length === 0 && change.uncertain === undefined)) {
      return { ending: { ...changeEnding(change, 'would-change'), result }, affects };
    }
    return { ending: { ...unknown(dependsOn, changeEnding(change, 'unknown'), change.uncertain), result }, affects };
  }

  #changedNeeds(needs: readonly Ref[]): readonly string[] {
    return needs.flatMap((ref) => {
      const expected = this.#expected.get(ref);
      return expected === undefined ? [] : [`${ref} (${expected})`];
    });
  }
}

/** Returns an unknown ending, with the verdict that the present state would give as far as it helps. */
function unknown(dependsOn: readonly string[], otherwise: TaskEnding, uncertain?: string): TaskEnding {
  const reasons = [
    ...(uncertain === undefined ? [] : [uncertain]),
    ...(dependsOn.length === 0 ? [] : [`depends on ${dependsOn.join(', ')}`]),
  ];
  return { ...otherwise, outcome: 'unknown', hint: reasons.join('; ') };
}

function withoutVerdict({ outcome, summary, diff, result }: TaskEnding): TaskEnding {
  switch (outcome) {
    case 'kept':
      return { outcome, summary, diff, result };
    case 'failed':
      return { outcome, summary: `now: ${summary}`, result };
    default:
      return { outcome, summary: '', result };
  }
}
