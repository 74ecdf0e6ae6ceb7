import type { Task, TaskItem } from '../../model/task.js';
import { handlerId } from './pending.js';

/** A handler that has to run. */
export interface DueHandler {
  readonly task: Task;
  readonly id: string;
  /** Nothing of this run made it due: an earlier run left it behind. */
  readonly fromEarlier: boolean;
  /** Names of the tasks that made it due. */
  readonly by: readonly string[];
  /** In check mode: at least one of them would surely change something. */
  readonly certain: boolean;
}

interface Known {
  readonly id: string;
  due: DueHandler | undefined;
}

/**
 * The handlers of a host in a play: which there are, which are due, and in what order they run. Those that roles give as
 * objects come first, in the order in which they were notified, then the play's own in the order of their definition.
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

  /** Handlers that a task notifies. @returns the name of one that doesn't exist instead */
  notifiedBy(task: Task): { readonly handlers: readonly Task[] } | { readonly missing: string } {
    const handlers: Task[] = [];
    for (const notified of task.notify ?? []) {
      const meant = typeof notified === 'string' ? this.#called(notified, task.role) : [notified];
      if (meant.length === 0) return { missing: String(notified) };
      handlers.push(...meant.filter((handler) => !handlers.includes(handler)));
    }
    return { handlers };
  }

  /** Names of the play's handlers, and topics that they listen to. */
  names(): readonly string[] {
    return [...new Set(this.#named.flatMap(({ name, listen = [] }) => [name, ...listen]))];
  }

  /** Ids of all handlers known. */
  ids(): readonly string[] {
    return [...this.#known.values()].map(({ id }) => id);
  }

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

  /** In the order in which they are to run. */
  due(): readonly DueHandler[] {
    const objects = [...this.#notified, ...this.#known.keys()].filter((task) => !this.#named.includes(task));
    const order = new Set([...objects, ...this.#named]);
    return [...order].flatMap((task) => this.#known.get(task)?.due ?? []);
  }

  done(handler: Task): void {
    const known = this.#known.get(handler);
    if (known) known.due = undefined;
  }

  /** The handler of that name, and all that listen to it as a topic. */
  #called(name: string, role: string | undefined): readonly Task[] {
    const named = this.#byName(name, role);
    const listening = this.#named.filter((handler) => handler !== named && handler.listen?.includes(name));
    return named === undefined ? listening : [named, ...listening];
  }

  /** The role's own handler of that name, else the last one that has it; `role : name` names a role's, as in Ansible. */
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
