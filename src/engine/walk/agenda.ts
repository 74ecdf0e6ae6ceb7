import { handDown } from '../../model/hand-down.js';
import type { Block, Stage, Task, TaskItem } from '../../model/task.js';
import type { Handlers } from '../handlers/handlers.js';
import type { Doubts } from '../settle/results.js';
import { StageDepths } from '../stage-depths.js';
import { allOf, chosen, flat, hasAny } from './block-parts.js';
import type { TagChoice } from './tags.js';

/** A list of items that a host is going through: the play's, or a part of a block's. */
interface Level {
  items: TaskItem[];
  /** Undefined for the play itself. */
  readonly block: Block | undefined;
  part: 'tasks' | 'rescue' | 'always';
  /** Something failed that no `rescue` of the block made good: what is around it fails when `always` has run. */
  failed: boolean;
}

/** What a host has still to do in a play, in order, with what a stage adds when it is reached. */
export class Agenda {
  readonly #handlers: Handlers;
  readonly #choice: TagChoice;
  readonly #doubts = new Map<TaskItem, Doubts>();
  readonly #depths = new StageDepths();
  /** From the play inwards. */
  readonly #levels: Level[] = [{ items: [], block: undefined, part: 'tasks', failed: false }];

  constructor(items: readonly TaskItem[], handlers: Handlers, choice: TagChoice) {
    this.#handlers = handlers;
    this.#choice = choice;
    this.#add(items);
  }

  /** The next item; `failed` when what is left is over because of a failure that only `always` had something to do after. */
  next(): TaskItem | 'failed' | undefined {
    for (;;) {
      const level = this.#innermost;
      const item = level.items.shift();
      if (item !== undefined) return item;
      if (level.block === undefined) return undefined;
      if (level.part !== 'always') this.#goTo(level, 'always');
      else if (this.#leave(level) === 'failed' && !this.fail()) return 'failed';
    }
  }

  /**
   * Puts what a stage gave in its place.
   *
   * @param doubts what the stage leaned on that check mode can't know
   * @throws Error where stages give stages without end
   */
  splice(stage: Stage, items: readonly TaskItem[], doubts: Doubts): void {
    const added = this.#add(items.map((item) => handDown(item, stage)));
    const all = [...this.doubtsOf(stage), ...doubts];
    this.#depths.goDeeper(stage, added);
    for (const item of added) this.#doubt(item, all);
  }

  /** Goes into a block. @param doubts what its condition leaned on that check mode can't know */
  enter(block: Block, doubts: Doubts): void {
    this.#depths.keep(block, allOf(block));
    for (const item of allOf(block)) this.#doubt(item, doubts);
    this.#levels.push({ items: [...block.tasks], block, part: 'tasks', failed: false });
  }

  /** A task failed: the rest of what it is in is left out. @returns whether there is a `rescue` or `always` to go on with */
  fail(): boolean {
    for (;;) {
      const level = this.#innermost;
      if (level.block === undefined) return false;
      if (level.part === 'tasks' && hasAny(level.block.rescue)) {
        this.#goTo(level, 'rescue');
        return true;
      }
      level.failed = true;
      if (level.part !== 'always' && hasAny(level.block.always)) {
        this.#goTo(level, 'always');
        return true;
      }
      this.#leave(level);
    }
  }

  /** Whether a failure now would be made good by a `rescue`. */
  get isRescued(): boolean {
    return this.#levels.some(({ block, part }) => part === 'tasks' && hasAny(block?.rescue));
  }

  doubtsOf(item: TaskItem): Doubts {
    return this.#doubts.get(item) ?? [];
  }

  /**
   * The tasks ahead if all goes well, up to the next stage; where handlers are to run, those that are due.
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
    for (const item of this.#ahead()) {
      if (item.kind === 'stage') return;
      if (item.kind === 'task') yield item;
      if (item.kind !== 'flush') continue;
      yield* due;
      due = [];
    }
    yield* due;
  }

  *#ahead(): Iterable<TaskItem> {
    for (const { items, block, part } of this.#levels.toReversed()) {
      yield* flat(items);
      if (part !== 'always') yield* flat(block?.always ?? []);
    }
  }

  get #innermost(): Level {
    const level = this.#levels.at(-1);
    if (level === undefined) throw new Error('the play itself was left');
    return level;
  }

  #goTo(level: Level, part: 'rescue' | 'always'): void {
    level.part = part;
    level.items = [...(level.block?.[part] ?? [])];
  }

  #leave(level: Level): 'failed' | 'through' {
    this.#levels.pop();
    return level.failed ? 'failed' : 'through';
  }

  #doubt(item: TaskItem, doubts: Doubts): void {
    if (doubts.length > 0) this.#doubts.set(item, [...doubts, ...this.doubtsOf(item)]);
  }

  /** @returns those of them that the tags choose, as they come */
  #add(items: readonly TaskItem[]): readonly TaskItem[] {
    this.#handlers.know(items);
    const added = chosen(items, this.#choice);
    const level = this.#innermost;
    level.items = [...added, ...level.items];
    return added;
  }
}
