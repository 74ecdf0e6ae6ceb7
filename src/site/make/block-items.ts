import { InputError } from '../../diagnostics/diagnostic.js';
import type { Block, Results, Skipped, TaskItem } from '../../model/task.js';
import type { BlockEntry, PlayEntry } from '../blueprint/blueprint.js';
import { entryName } from '../render/entry-name.js';
import { EntryRenderer } from '../render/entry-renderer.js';
import type { Scopes } from '../render/scopes.js';
import { skippedInclude } from './include-items.js';
import { contextWithin, type ItemsContext } from './items-context.js';
import { skippedTask } from './task-items.js';

/**
 * Makes a block for one host. Its condition is decided once, before the first of its tasks, whatever they change. They are
 * made at once where they can be, so that the engine sees them ahead; a condition that depends on results of earlier
 * tasks is asked when the block is reached.
 *
 * @throws InputError for errors that show only now
 */
export function blockItems(entry: BlockEntry, context: ItemsContext): readonly TaskItem[] {
  const { scopes } = context;
  const renderer = new EntryRenderer(entry, scopes);
  const condition = renderer.required(renderer.holds());
  if (condition === false) return skippedWithin(entry, scopes, `when: ${entry.when.join(' and ')}`);
  if (condition === true) return [blockOf(renderer, context)];
  const when = (results: Results) => {
    const reached = new EntryRenderer(entry, scopes.with(results));
    return reached.required(reached.holds()) === true;
  };
  try {
    return [{ ...blockOf(renderer, context), when }];
  } catch (error) {
    // What can't be made may not be wanted: that is known when it is reached.
    if (!(error instanceof InputError)) throw error;
    const { words, place } = entry;
    const tasks = (results: Results) => blockItems(entry, { ...context, scopes: scopes.with(results) });
    return [{ kind: 'stage', name: entryName(renderer, 'block', undefined), tasks, tags: words.tags, place }];
  }
}

function blockOf(renderer: EntryRenderer<BlockEntry>, context: ItemsContext): Block {
  const { entry } = renderer;
  const within = contextWithin([...entry.tasks, ...entry.rescue, ...entry.always], context);
  const part = (entries: readonly PlayEntry[]) => entries.flatMap((inner) => context.itemsOf(inner, within));
  return {
    kind: 'block',
    name: entryName(renderer, 'block', undefined),
    tasks: part(entry.tasks),
    ...(entry.rescue.length > 0 && { rescue: part(entry.rescue) }),
    ...(entry.always.length > 0 && { always: part(entry.always) }),
    tags: entry.words.tags,
    place: entry.place,
  };
}

/** Returns all that would run without a failure as skipped items, one by one. */
function skippedWithin(entry: PlayEntry, scopes: Scopes, reason: string): readonly Skipped[] {
  const { place } = entry;
  const { tags } = entry.words;
  switch (entry.kind) {
    case 'flush':
      return [];
    case 'task':
      return [skippedTask(new EntryRenderer(entry, scopes), reason)];
    case 'role':
      return [{ kind: 'skipped', name: `role ${entry.role.name}`, reason, tags, role: entry.role.name, place }];
    case 'include':
      return skippedInclude(new EntryRenderer(entry, scopes), reason);
    case 'block':
      return [...entry.tasks, ...entry.always].flatMap((inner) => skippedWithin(inner, scopes, reason));
  }
}
