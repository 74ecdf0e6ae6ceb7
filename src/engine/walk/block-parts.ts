import type { Block, TaskItem } from '../../model/task.js';
import { matchesTags, type TagChoice } from './tags.js';

/** Returns the items that the tags select; a block keeps those of its tasks that they select. */
export function selectByTags(items: readonly TaskItem[], choice: TagChoice): readonly TaskItem[] {
  return items.flatMap((item): readonly TaskItem[] => {
    switch (item.kind) {
      case 'flush':
        return [item];
      case 'block': {
        const { tasks, rescue = [], always = [] } = item;
        return [
          {
            ...item,
            tasks: selectByTags(tasks, choice),
            rescue: selectByTags(rescue, choice),
            always: selectByTags(always, choice),
          },
        ];
      }
      case 'stage':
        if (item.within?.some(({ tags }) => matchesTags(tags, choice))) return [item];
        break;
    }
    return matchesTags(item.tags, choice) ? [item] : [];
  });
}

/** Returns all items of a block, of every part. */
export function allOf(block: Block): readonly TaskItem[] {
  return [...block.tasks, ...(block.rescue ?? []), ...(block.always ?? [])];
}

/** Yields the items in the order in which they run when nothing fails, with blocks opened. */
export function* flattenBlocks(items: readonly TaskItem[]): Iterable<TaskItem> {
  for (const item of items) {
    if (item.kind !== 'block') yield item;
    else yield* flattenBlocks([...item.tasks, ...(item.always ?? [])]);
  }
}

/** Tells whether a part of a block has any items. */
export function hasAny(items: readonly TaskItem[] | undefined): boolean {
  return items !== undefined && items.length > 0;
}
