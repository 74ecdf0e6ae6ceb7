import type { Stage, Task, TaskItem } from '../model/task.js';
import type { Handlers } from './handlers.js';
import type { Doubts } from './results.js';
import { isChosen, type TagChoice } from './tags.js';

/** What a host has still to do in a play, in order, with what a stage adds when it is reached. */
export class Agenda {
  readonly #handlers: Handlers;
  readonly #choice: TagChoice;
  readonly #doubts = new Map<TaskItem, Doubts>();
  #items: TaskItem[] = [];

  constructor(items: readonly TaskItem[], handlers: Handlers, choice: TagChoice) {
    this.#handlers = handlers;
    this.#choice = choice;
    this.#add(items);
  }

  next(): TaskItem | undefined {
    return this.#items.shift();
  }

  /** Puts what a stage gave in its place. @param doubts what the stage leaned on that check mode can't know */
  splice(stage: Stage, items: readonly TaskItem[], doubts: Doubts): void {
    const given = items.map((item): TaskItem => {
      if (item.kind === 'flush') return item;
      const tags = [...(stage.tags ?? []), ...(item.tags ?? [])];
      const role = item.role ?? stage.role;
      return { ...item, ...(tags.length > 0 ? { tags } : {}), ...(role === undefined ? {} : { role }) };
    });
    const before = this.#doubts.get(stage) ?? [];
    for (const item of given) if (doubts.length + before.length > 0) this.#doubts.set(item, [...before, ...doubts]);
    this.#add(given);
  }

  doubtsOf(item: TaskItem): Doubts {
    return this.#doubts.get(item) ?? [];
  }

  /**
   * The tasks ahead, up to the next stage; where handlers are to run, those that are due.
   *
   * @param notified handlers that will be due as well
   * @param flushing handlers are being run: those that are due come first
   */
  *upcoming(notified: readonly Task[], flushing: boolean): Iterable<Task> {
    let due = [...this.#handlers.due().map(({ task }) => task), ...notified];
    if (flushing) {
      yield* due;
      due = [];
    }
    for (const item of this.#items) {
      if (item.kind === 'stage') return;
      if (item.kind === 'task') yield item;
      if (item.kind !== 'flush') continue;
      yield* due;
      due = [];
    }
    yield* due;
  }

  #add(items: readonly TaskItem[]): void {
    this.#handlers.know(items);
    const chosen = items.filter((item) => item.kind === 'flush' || isChosen(item.tags, this.#choice));
    this.#items = [...chosen, ...this.#items];
  }
}
