import { handDown } from '../../model/hand-down.js';
import type { Block, Stage, Task, TaskItem } from '../../model/task.js';
import type { Handlers } from '../handlers/handlers.js';
import { handlerId } from '../handlers/pending.js';
import type { NamedThings } from '../records/named-things.js';
import type { Unknowns } from '../settle/results.js';
import { allOf, flattenBlocks, hasAny, selectByTags } from './block-parts.js';
import { StageDepths } from './stage-depths.js';
import type { TagChoice } from './tags.js';

/** List of items that a host works through: the play's, or a part of a block's. */
interface Level {
  items: TaskItem[];
  /** Undefined for the play itself. */
  readonly block: Block | undefined;
  part: 'tasks' | 'rescue' | 'always';
  /** Set where something failed without a `rescue`: the block fails when its `always` has run. */
  failed: boolean;
}

/** Items that a host still has to do in a play, in order; a stage adds more when it is reached. */
export class Agenda {
  readonly #handlers: Handlers;
  readonly #choice: TagChoice;
  readonly #named: NamedThings | undefined;
  readonly #unknowns = new Map<TaskItem, Unknowns>();
  readonly #depths = new StageDepths();
  /** From the play inwards. */
  readonly #levels: Level[] = [{ items: [], block: undefined, part: 'tasks', failed: false }];

  /** @param named learns of everything that the items name, chosen or not */
  constructor(items: readonly TaskItem[], handlers: Handlers, choice: TagChoice, named?: NamedThings) {
    this.#handlers = handlers;
    this.#choice = choice;
    this.#named = named;
    this.#add(items);
  }

  /** Returns the next item; `failed` at the end of an `always` that ran after a failure. */
  next(): TaskItem | 'failed' | undefined {
    for (;;) {
      const level = this.#innermost;
      const item = level.items.shift();
      if (item !== undefined) return item;
      if (level.block === undefined) return undefined;
      if (level.part !== 'always') this.#continueWith(level, 'always');
      else if (this.#leave(level) === 'failed' && !this.fail()) return 'failed';
    }
  }

  /**
   * Puts the items of a stage in its place.
   *
   * @param unknowns unknown results that the stage used, in check mode
   * @throws Error where stages return stages without an end
   */
  splice(stage: Stage, items: readonly TaskItem[], unknowns: Unknowns): void {
    this.#named?.reach(stage);
    const added = this.#add(items.map((item) => handDown(item, stage)));
    const all = [...this.unknownsOf(stage), ...unknowns];
    this.#depths.goDeeper(stage, added);
    for (const item of added) this.#setUnknowns(item, all);
  }

  /** Enters a block. @param unknowns unknown results that its condition used, in check mode */
  enter(block: Block, unknowns: Unknowns): void {
    this.#depths.keep(block, allOf(block));
    for (const item of allOf(block)) this.#setUnknowns(item, unknowns);
    this.#levels.push({ items: [...block.tasks], block, part: 'tasks', failed: false });
  }

  /** Skips the rest of the block in which a task failed. @returns whether a `rescue` or `always` is left to run */
  fail(): boolean {
    for (;;) {
      const level = this.#innermost;
      if (level.block === undefined) return false;
      if (level.part === 'tasks' && hasAny(level.block.rescue)) {
        this.#continueWith(level, 'rescue');
        return true;
      }
      level.failed = true;
      if (level.part !== 'always' && hasAny(level.block.always)) {
        this.#continueWith(level, 'always');
        return true;
      }
      this.#leave(level);
    }
  }

  /** Tells whether a failure now would lead to a `rescue`. */
  get isRescued(): boolean {
    return this.#levels.some(({ block, part }) => part === 'tasks' && hasAny(block?.rescue));
  }

  /** Returns the unknown results that decide, in check mode, whether an item runs at all. */
  unknownsOf(item: TaskItem): Unknowns {
    return this.#unknowns.get(item) ?? [];
  }

  /**
   * Yields the tasks ahead if none fails, up to the next stage. Where handlers are to run, it yields those that are due.
   *
   * @param notified handlers that will be due as well
   * @param flushing set while handlers are being run: those that are due come first
   */
  *upcoming(notified: readonly Task[], flushing: boolean): Iterable<Task> {
    let due = [...this.#handlers.due().map(({ task }) => task), ...notified];
    if (flushing) {
      yield* due;
      due = [];
    }
    for (const item of this.#ahead()) {
      if (item.kind === 'stage') return;
      if (item.kind === 'task') yield item;
      if (item.kind !== 'flush') continue;
      yield* due;
      due = [];
    }
    yield* due;
  }

  /** Tells whether a task ahead notifies a handler, by its id. */
  hasNotifierOf(id: string): boolean {
    for (const item of this.#ahead()) {
      if (item.kind !== 'task' || item.notify === undefined) continue;
      const notified = this.#handlers.notifiedBy(item);
      if ('handlers' in notified && notified.handlers.some((handler) => handlerId(handler) === id)) return true;
    }
    return false;
  }

  *#ahead(): Iterable<TaskItem> {
    for (const { items, block, part } of this.#levels.toReversed()) {
      yield* flattenBlocks(items);
      if (part !== 'always') yield* flattenBlocks(block?.always ?? []);
    }
  }

  get #innermost(): Level {
    const level = this.#levels.at(-1);
    if (level === undefined) throw new Error('the play itself was left');
    return level;
  }

  #continueWith(level: Level, part: 'rescue' | 'always'): void {
    level.part = part;
    level.items = [...(level.block?.[part] ?? [])];
  }

  #leave(level: Level): 'failed' | 'done' {
    this.#levels.pop();
    return level.failed ? 'failed' : 'done';
  }

  #setUnknowns(item: TaskItem, unknowns: Unknowns): void {
    if (unknowns.length > 0) this.#unknowns.set(item, [...unknowns, ...this.unknownsOf(item)]);
  }

  /** @returns those of them that the tags select */
  #add(items: readonly TaskItem[]): readonly TaskItem[] {
    this.#handlers.know(items);
    this.#named?.add(items);
    const added = selectByTags(items, this.#choice);
    const level = this.#innermost;
    level.items = [...added, ...level.items];
    return added;
  }
}
