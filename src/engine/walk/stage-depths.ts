import type { Block, Stage, TaskItem } from '../../model/task.js';

/** Most stages within each other. A stage that returns itself until a condition holds is one level deeper each time. */
const deepest = 500;

/** Depths of items: how many stages each came from, one within the other. It stops stages that return stages for ever. */
export class StageDepths {
  readonly #depths = new WeakMap<TaskItem, number>();

  /** Notes the items that a stage returned. @throws Error where stages return stages without an end */
  goDeeper(stage: Stage, items: readonly TaskItem[]): void {
    const depth = (this.#depths.get(stage) ?? 0) + 1;
    if (depth > deepest) {
      const message = `the stage "${stage.name}" returned more stages ${deepest} times and did not end`;
      throw Object.assign(new Error(message), {
        hint: 'return only tasks from it when there is nothing more to wait for',
      });
    }
    for (const item of items) this.#depths.set(item, depth);
  }

  /** Notes the items of a block, which are as deep as the block itself. */
  keep(block: Block, items: readonly TaskItem[]): void {
    const depth = this.#depths.get(block);
    if (depth === undefined) return;
    for (const item of items) this.#depths.set(item, depth);
  }
}
