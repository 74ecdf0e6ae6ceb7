import type { Block, Stage, TaskItem } from '../model/task.js';

/** Most stages within each other: a stage of a role that gives itself again until something is so is one more each time. */
const deepest = 500;

/** Notes how many stages an item came out of, one within the other, so that none gives stages for ever. */
export class StageDepths {
  readonly #depths = new WeakMap<TaskItem, number>();

  /** Notes the items that a stage gave. @throws Error that says so where stages give stages without an end */
  goDeeper(stage: Stage, items: readonly TaskItem[]): void {
    const depth = (this.#depths.get(stage) ?? 0) + 1;
    if (depth > deepest) {
      const message = `${stage.name} has come out of itself ${deepest} times, and does not end`;
      throw Object.assign(new Error(message), {
        hint: 'let it give tasks alone when there is nothing more to wait for',
      });
    }
    for (const item of items) this.#depths.set(item, depth);
  }

  /** Notes the items of a block, which are as deep as the block. */
  keep(block: Block, items: readonly TaskItem[]): void {
    const depth = this.#depths.get(block);
    if (depth === undefined) return;
    for (const item of items) this.#depths.set(item, depth);
  }
}
