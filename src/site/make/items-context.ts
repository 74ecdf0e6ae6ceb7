import type { Facts } from '../../model/facts.js';
import type { ControllerFiles, HostContext } from '../../model/resource.js';
import type { RunFlags } from '../../model/role.js';
import type { Become, TaskItem } from '../../model/task.js';
import type { PlayEntry } from '../blueprint/blueprint.js';
import { entriesWithin } from '../blueprint/blueprint.js';
import type { EntryRenderer } from '../render/entry-renderer.js';
import type { Scopes } from '../render/scopes.js';

/** Context in which the entries of a play become the items of one host. */
export interface ItemsContext {
  readonly scopes: Scopes;
  readonly files: ControllerFiles;
  readonly host: HostContext & { readonly facts: Facts };
  readonly flags: RunFlags;
  /** Decides who an entry's tasks run as. @param on the host that they are delegated to */
  becomeOf(renderer: EntryRenderer<PlayEntry>, on?: string): Become;
  /** Selects the handlers that this host has, of those that an entry notifies. */
  handlersFor(names: readonly string[]): readonly string[];
  /** Makes the items of any entry. @throws InputError for errors that show only now */
  itemsOf(entry: PlayEntry, context: ItemsContext): readonly TaskItem[];
}

/** Names of a failure, which a `rescue` may use. */
const namesOfFailure = ['ansible_failed_task', 'ansible_failed_result'];

/**
 * Returns the context for entries that run one after the other. Where they are made only when they are reached, results
 * of earlier tasks are known. Results of these entries are not, even where an earlier round of them registered the name.
 */
export function contextWithin(entries: readonly PlayEntry[], context: ItemsContext): ItemsContext {
  if (context.scopes.results === undefined) return context;
  const all = entriesWithin(entries);
  const registered = all.flatMap((entry) =>
    entry.kind === 'task' && entry.register !== undefined ? [entry.register] : [],
  );
  const rescued = all.some((entry) => entry.registered.has('ansible_failed_task')) ? namesOfFailure : [];
  return { ...context, scopes: context.scopes.before([...registered, ...rescued]) };
}
