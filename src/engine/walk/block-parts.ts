import type { Block, TaskItem } from '../../model/task.js';
import { isChosen, type TagChoice } from './tags.js';

/** The items that the tags choose; a block is there for those of its tasks that they do. */
export function chosen(items: readonly TaskItem[], choice: TagChoice): readonly TaskItem[] {
  return items.flatMap((item): readonly TaskItem[] => {
    switch (item.kind) {
      case 'flush':
        return [item];
      case 'block': {
        const { tasks, rescue = [], always = [] } = item;
        return [
          { ...item, tasks: chosen(tasks, choice), rescue: chosen(rescue, choice), always: chosen(always, choice) },
        ];
      }
      case 'stage':
        if (item.within?.some(({ tags }) => isChosen(tags, choice))) return [item];
        break;
    }
    return isChosen(item.tags, choice) ? [item] : [];
  });
}

/** All items of a block, in whichever part. */
export function allOf(block: Block): readonly TaskItem[] {
  return [...block.tasks, ...(block.rescue ?? []), ...(block.always ?? [])];
}

/** Items as they come when nothing fails: blocks opened. */
export function* flat(items: readonly TaskItem[]): Iterable<TaskItem> {
  for (const item of items) {
    if (item.kind !== 'block') yield item;
    else yield* flat([...item.tasks, ...(item.always ?? [])]);
  }
}

/** Whether a part of a block has anything to do. */
export function hasAny(items: readonly TaskItem[] | undefined): boolean {
  return items !== undefined && items.length > 0;
}
