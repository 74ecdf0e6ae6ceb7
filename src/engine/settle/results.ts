import type { Results, Task, TaskResult } from '../../model/task.js';
import type { TaskEnding } from '../task-ending.js';

/** Flags of a result that check mode predicts for a task that would change; everything else is not known yet. */
const predicted: ReadonlySet<string | symbol> = new Set(['changed', 'failed', 'skipped', 'kept']);

/** Reason for which a registered result is not to be relied on in check mode. */
interface Uncertainty {
  readonly verdict: 'would change' | 'not done' | 'unknown';
}

/** Names of the unknown results that an answer depends on in check mode: `the result of x (would change)`. */
export type Unknowns = readonly string[];

/** Results that the tasks of a host registered, for the `when` of later ones and for stages. Lives as long as the run. */
export class HostResults {
  readonly #values = new Map<string, unknown>();
  readonly #uncertainties = new Map<string, Uncertainty>();
  readonly #loops = new Map<string, TaskResult[]>();

  /** Keeps a task's result under its `register`, if it has one; entries of a loop are collected in `results`. */
  register(task: { readonly register?: string; readonly loop?: Task['loop'] | undefined }, ending: TaskEnding): void {
    if (task.register === undefined) return;
    this.keep(task.register, task.loop, resultOf(ending), uncertaintyOf(ending));
  }

  /** Keeps the last failure, under Ansible's names, for a `rescue`. */
  keepFailure(
    task: { readonly name: string; readonly resource?: { readonly kind: string } },
    ending: TaskEnding,
  ): void {
    this.#values.set('ansible_failed_task', { name: task.name, action: task.resource?.kind ?? '' });
    this.#values.set('ansible_failed_result', resultOf(ending));
  }

  /** Keeps a result under a name. */
  keep(name: string, loop: Task['loop'], result: TaskResult, uncertainty?: Uncertainty): void {
    if (loop === undefined) {
      this.#values.set(name, result);
      this.#setUncertainty(name, uncertainty);
      return;
    }
    const entries = loop.index === 0 ? [] : [...(this.#loops.get(name) ?? [])];
    if (loop.count > 0) entries.push({ ...result, item: loop.item });
    this.#loops.set(name, entries);
    this.#values.set(name, {
      changed: entries.some(({ changed }) => changed),
      failed: entries.some(({ failed }) => failed),
      skipped: entries.every(({ skipped }) => skipped),
      kept: entries.some(({ kept }) => kept),
      results: entries,
    });
    const before = loop.index === 0 ? undefined : this.#uncertainties.get(name);
    this.#setUncertainty(name, before?.verdict === 'unknown' ? before : (uncertainty ?? before));
  }

  /** Returns the results as a `when` or a stage sees them. @param used collects the unknown ones that are read */
  view(used: Set<string>): Results {
    if (this.#uncertainties.size === 0) return this.#values;
    const view = new Map(this.#values);
    for (const [name, uncertainty] of this.#uncertainties) {
      const value = view.get(name);
      if (typeof value === 'object' && value !== null) view.set(name, noteReads(value, name, uncertainty, used));
    }
    return view;
  }

  /** Returns a result that is not registered yet, as {@link view} would show it. @param name for `used` */
  viewOf(ending: TaskEnding, name: string, used: Set<string>): TaskResult {
    const result = resultOf(ending);
    const uncertainty = uncertaintyOf(ending);
    return uncertainty === undefined ? result : noteReads(result, name, uncertainty, used);
  }

  #setUncertainty(name: string, uncertainty: Uncertainty | undefined): void {
    if (uncertainty === undefined) this.#uncertainties.delete(name);
    else this.#uncertainties.set(name, uncertainty);
  }
}

/** Returns what `register` keeps of a task's ending. */
export function resultOf({ outcome, summary, kept, hasActed, result }: TaskEnding): TaskResult {
  return {
    ...(outcome === 'failed' && { msg: summary }),
    ...result,
    changed: outcome === 'changed' || outcome === 'would-change' || (outcome === 'failed' && hasActed === true),
    failed: outcome === 'failed',
    skipped: outcome === 'skipped',
    kept: outcome === 'kept' || kept === true,
  };
}

function uncertaintyOf({ outcome, isForeseen }: TaskEnding): Uncertainty | undefined {
  if (outcome === 'would-change') return { verdict: 'would change' };
  if (isForeseen) return { verdict: 'not done' };
  return outcome === 'unknown' ? { verdict: 'unknown' } : undefined;
}

/** Wraps a result so that reading anything unknown from it is noted in `used`. */
function noteReads<Value extends object>(
  value: Value,
  name: string,
  uncertainty: Uncertainty,
  used: Set<string>,
): Value {
  const note = (key: string | symbol) => {
    if (uncertainty.verdict === 'unknown' || !predicted.has(key))
      used.add(`the result ${name} (${uncertainty.verdict})`);
  };
  return new Proxy(value, {
    get(target, key) {
      if (typeof key === 'string') note(key);
      return Reflect.get(target, key);
    },
    getOwnPropertyDescriptor(target, key) {
      if (typeof key === 'string') note(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
    has(target, key) {
      if (typeof key === 'string') note(key);
      return Reflect.has(target, key);
    },
  });
}
