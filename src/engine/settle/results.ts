import type { Results, Task, TaskResult } from '../../model/task.js';
import type { Ending } from '../ending.js';

/** Flags of a result that check mode foresees for a task that would change; everything else of it is not known yet. */
const foreseen: ReadonlySet<string | symbol> = new Set(['changed', 'failed', 'skipped', 'kept']);

/** Why a registered result can't be relied on in check mode. */
interface Doubt {
  readonly verdict: 'would change' | 'not done' | 'unknown';
}

/** What an answer leaned on that check mode can't know: `the result of x (would change)`. */
export type Doubts = readonly string[];

/** What the tasks of a host registered, for the `when` of later ones and for stages. Lives as long as the run. */
export class HostResults {
  readonly #values = new Map<string, unknown>();
  readonly #doubts = new Map<string, Doubt>();
  readonly #loops = new Map<string, TaskResult[]>();

  /** Keeps a task's result under its `register`, if it has one; entries of a loop are collected in `results`. */
  register(task: { readonly register?: string; readonly loop?: Task['loop'] | undefined }, ending: Ending): void {
    if (task.register === undefined) return;
    this.keep(task.register, task.loop, resultOf(ending), doubtOf(ending));
  }

  /** Keeps what failed last, under Ansible's names, for a `rescue`. */
  keepFailure(task: { readonly name: string; readonly resource?: { readonly kind: string } }, ending: Ending): void {
    this.#values.set('ansible_failed_task', { name: task.name, action: task.resource?.kind ?? '' });
    this.#values.set('ansible_failed_result', resultOf(ending));
  }

  keep(name: string, loop: Task['loop'], result: TaskResult, doubt?: Doubt): void {
    if (loop === undefined) {
      this.#values.set(name, result);
      this.#setDoubt(name, doubt);
      return;
    }
    const entries = loop.index === 0 ? [] : [...(this.#loops.get(name) ?? [])];
    entries.push({ ...result, item: loop.item });
    this.#loops.set(name, entries);
    this.#values.set(name, {
      changed: entries.some(({ changed }) => changed),
      failed: entries.some(({ failed }) => failed),
      skipped: entries.every(({ skipped }) => skipped),
      kept: entries.some(({ kept }) => kept),
      results: entries,
    });
    const before = loop.index === 0 ? undefined : this.#doubts.get(name);
    this.#setDoubt(name, before?.verdict === 'unknown' ? before : (doubt ?? before));
  }

  /** The results as a `when` or a stage sees them. @param used told of each doubtful one that is looked into */
  view(used: Set<string>): Results {
    if (this.#doubts.size === 0) return this.#values;
    const view = new Map(this.#values);
    for (const [name, doubt] of this.#doubts) {
      const value = view.get(name);
      if (typeof value === 'object' && value !== null) view.set(name, watched(value, name, doubt, used));
    }
    return view;
  }

  /** A result that nobody registered yet, as {@link view} would show it. @param name what it is called among doubts */
  viewOf(ending: Ending, name: string, used: Set<string>): TaskResult {
    const result = resultOf(ending);
    const doubt = doubtOf(ending);
    return doubt === undefined ? result : watched(result, name, doubt, used);
  }

  #setDoubt(name: string, doubt: Doubt | undefined): void {
    if (doubt === undefined) this.#doubts.delete(name);
    else this.#doubts.set(name, doubt);
  }
}

/** What `register` keeps of how a task came out. */
export function resultOf({ outcome, summary, kept, hasActed, result }: Ending): TaskResult {
  return {
    ...(outcome === 'failed' && { msg: summary }),
    ...result,
    changed: outcome === 'changed' || outcome === 'would-change' || (outcome === 'failed' && hasActed === true),
    failed: outcome === 'failed',
    skipped: outcome === 'skipped',
    kept: outcome === 'kept' || kept === true,
  };
}

function doubtOf({ outcome, isForeseen }: Ending): Doubt | undefined {
  if (outcome === 'would-change') return { verdict: 'would change' };
  if (isForeseen) return { verdict: 'not done' };
  return outcome === 'unknown' ? { verdict: 'unknown' } : undefined;
}

/** The same result, that notes when something is read from it that can't be known. */
function watched<Value extends object>(value: Value, name: string, doubt: Doubt, used: Set<string>): Value {
  const note = (key: string | symbol) => {
    if (doubt.verdict === 'unknown' || !foreseen.has(key)) used.add(`the result ${name} (${doubt.verdict})`);
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
