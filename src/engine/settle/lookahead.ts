import type { Task } from '../../model/task.js';

/** How many tasks behind a change are measured with it. */
const small = 4;

/** How far ahead to look: at everything until something changes, then at a few, and twice as far each time all was well. */
export class Lookahead {
  #size = Number.POSITIVE_INFINITY;

  /** The tasks to measure together with a change. */
  afterChange(upcoming: Iterable<Task>): readonly Task[] {
    this.#size = small;
    return first(small, upcoming);
  }

  /** The tasks to measure together with one that was reached and isn't known. */
  beside(task: Task, upcoming: Iterable<Task>): readonly Task[] {
    this.#size *= 2;
    return [task, ...first(this.#size - 1, upcoming)];
  }
}

function first(count: number, tasks: Iterable<Task>): readonly Task[] {
  const taken: Task[] = [];
  for (const task of tasks) {
    if (taken.length >= count) break;
    taken.push(task);
  }
  return taken;
}
