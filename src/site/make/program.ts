import type { InventoryHost } from '../../inventory/load.js';
import type { HostSettings } from '../../inventory/settings/settings.js';
import type { Facts } from '../../model/facts.js';
import type { HostProgram } from '../../model/play.js';
import type { HostContext } from '../../model/resource.js';
import { flushHandlers, type TaskItem } from '../../model/task.js';
import type { PlayBlueprint, PlayEntry, TaskEntry } from '../blueprint/blueprint.js';
import type { Site } from '../blueprint/site.js';
import { becomeOfEntry } from '../hosts/become.js';
import type { Delegation } from '../hosts/delegation.js';
import { Scopes } from '../render/scopes.js';
import { blockItems } from './block-items.js';
import { includeItems } from './include-items.js';
import type { ItemsContext } from './items-context.js';
import { roleItems } from './role-items.js';
import { taskItems } from './task-items.js';

/** Returns the context in which the tasks of one host in one play are made, once its facts are known. */
export function itemsContext(
  play: PlayBlueprint,
  site: Site,
  host: InventoryHost,
  settings: HostSettings,
  context: HostContext & { readonly facts: Facts },
  delegation: Delegation,
): ItemsContext {
  return {
    scopes: new Scopes(site, play, host, context.facts),
    files: context.files,
    flags: site.flags,
    host: context,
    becomeOf: (renderer, on) =>
      becomeOfEntry(renderer, on === undefined || on === host.name ? settings : delegation.settingsOf(on), site),
    handlersFor: (names) => names,
    itemsOf,
  };
}

/**
 * Makes all tasks of one host in one play: pre-tasks, roles with tasks, post-tasks, and a flush after each.
 *
 * @throws InputError for errors that could not be seen before the facts were known
 */
export function hostProgram(play: PlayBlueprint, first: ItemsContext): HostProgram {
  const handlers = play.handlers.flatMap((entry) => taskItems(entry, first)).filter((item) => item.kind === 'task');
  // Handlers whose condition doesn't hold for this host are not notified either.
  const made = namesOf(handlers.map(({ name, listen = [] }) => ({ title: name, listen })));
  const left = namesOf(play.handlers).filter((name) => !made.includes(name));
  const context = { ...first, handlersFor: (names: readonly string[]) => names.filter((name) => !left.includes(name)) };
  const items = play.sections.flatMap((section) => [
    ...section.flatMap((entry) => itemsOf(entry, context)),
    flushHandlers,
  ]);
  return { items, handlers };
}

/** Returns the names by which handlers are notified. */
function namesOf(handlers: readonly Pick<TaskEntry, 'title' | 'listen'>[]): readonly string[] {
  return handlers.flatMap(({ title, listen }) => [...(title === undefined ? [] : [title]), ...listen]);
}

function itemsOf(entry: PlayEntry, context: ItemsContext): readonly TaskItem[] {
  switch (entry.kind) {
    case 'task':
      return taskItems(entry, context);
    case 'role':
      return roleItems(entry, context);
    case 'include':
      return includeItems(entry, context);
    case 'flush':
      return [flushHandlers];
    case 'block':
      return blockItems(entry, context);
  }
}
