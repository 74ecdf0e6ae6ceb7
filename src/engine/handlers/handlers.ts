import type { Task, TaskItem } from '../../model/task.js';
import { handlerId } from './pending.js';

/** Handler that has to run. */
export interface DueHandler {
  readonly task: Task;
  readonly id: string;
  /** Set where only an earlier run made it due. */
  readonly fromEarlier: boolean;
  /** Names of the tasks that made it due. */
  readonly by: readonly string[];
  /** Set, in check mode, where at least one of those tasks would surely change something. */
  readonly certain: boolean;
}

interface Known {
  readonly id: string;
  due: DueHandler | undefined;
}

/**
 * Handlers of a host in a play. Those that roles give as objects run first, in the order in which they were notified.
 * The play's own follow in the order of their definition.
 */
export class Handlers {
  readonly #named: readonly Task[];
  readonly #earlier: ReadonlySet<string>;
  readonly #known = new Map<Task, Known>();
  readonly #notified: Task[] = [];

  /** @param earlier ids of handlers that an earlier run left pending; those known here are due at once */
  constructor(named: readonly Task[], earlier: Iterable<string>) {
    this.#named = named;
    this.#earlier = new Set(earlier);
    for (const handler of named) this.#meet(handler);
  }

  /** Learns of the handlers that tasks may notify as objects, so that those left pending are found. */
  know(items: readonly TaskItem[]): void {
    for (const item of items) {
      if (item.kind === 'task') this.#meetNotified(item);
      else if (item.kind === 'block') {
        for (const part of [item.tasks, item.rescue, item.always]) this.know(part ?? []);
      }
    }
  }

  /** Returns the handlers that a task notifies, or the name of one that doesn't exist. */
  notifiedBy(task: Task): { readonly handlers: readonly Task[] } | { readonly missing: string } {
    const handlers: Task[] = [];
    for (const notified of task.notify ?? []) {
      const meant = typeof notified === 'string' ? this.#called(notified, task.role) : [notified];
      if (meant.length === 0) return { missing: String(notified) };
      handlers.push(...meant.filter((handler) => !handlers.includes(handler)));
    }
    return { handlers };
  }

  /** Returns the names of the play's handlers, and the topics that they listen to. */
  names(): readonly string[] {
    return [...new Set(this.#named.flatMap(({ name, listen = [] }) => [name, ...listen]))];
  }

  /** Returns the ids of all known handlers. */
  ids(): readonly string[] {
    return [...this.#known.values()].map(({ id }) => id);
  }

  /** Makes a handler due. @param by name of the task that notified it */
  makeDue(handler: Task, by: string, certain = true): void {
    const known = this.#meet(handler);
    if (!this.#notified.includes(handler)) this.#notified.push(handler);
    const before = known.due;
    known.due = {
      task: handler,
      id: known.id,
      fromEarlier: false,
      by: [...(before?.by ?? []), by],
      certain: certain || (before?.certain ?? false),
    };
  }

  /** Returns the due handlers in the order in which they run. */
  due(): readonly DueHandler[] {
    const objects = [...this.#notified, ...this.#known.keys()].filter((task) => !this.#named.includes(task));
    const order = new Set([...objects, ...this.#named]);
    return [...order].flatMap((task) => this.#known.get(task)?.due ?? []);
  }

  /** Takes a handler from those that are due. */
  done(handler: Task): void {
    const known = this.#known.get(handler);
    if (known) known.due = undefined;
  }

  /** Returns the handler of that name, and all that listen to it as a topic. */
  #called(name: string, role: string | undefined): readonly Task[] {
    const named = this.#byName(name, role);
    const listening = this.#named.filter((handler) => handler !== named && handler.listen?.includes(name));
    return named === undefined ? listening : [named, ...listening];
  }

  /** Returns the role's own handler of that name, else the last one. `role : name` names a role's, as in Ansible. */
  #byName(name: string, role: string | undefined): Task | undefined {
    return (
      this.#named.findLast((handler) => handler.name === name && handler.role === role) ??
      this.#named.findLast((handler) => handler.name === name || `${handler.role} : ${handler.name}` === name)
    );
  }

  #meet(handler: Task): Known {
    const known = this.#known.get(handler);
    if (known !== undefined) return known;
    const id = handlerId(handler);
    const met: Known = { id, due: undefined };
    if (this.#earlier.has(id)) met.due = { task: handler, id, fromEarlier: true, by: [], certain: true };
    this.#known.set(handler, met);
    this.#meetNotified(handler);
    return met;
  }

  #meetNotified(task: Task): void {
    for (const notified of task.notify ?? []) if (typeof notified !== 'string') this.#meet(notified);
  }
}
