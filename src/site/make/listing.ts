import { join } from 'node:path';
import { InputError, type Place } from '../../diagnostics/diagnostic.js';
import type { InventoryHost } from '../../inventory/load.js';
import type { HostSettings } from '../../inventory/settings/settings.js';
import { noRecords } from '../../model/records.js';
import type { TaskItem } from '../../model/task.js';
import {
  entriesWithin,
  type IncludeEntry,
  type PlayBlueprint,
  type PlayEntry,
  type RoleEntry,
  type TaskEntry,
} from '../blueprint/blueprint.js';
import type { Site } from '../blueprint/site.js';
import { Delegation } from '../hosts/delegation.js';
import { standInFacts } from '../render/ansible-facts.js';
import type { ItemsContext } from './items-context.js';
import { itemsContext } from './program.js';
import { roleItems } from './role-items.js';
import { taskItems } from './task-items.js';

export interface ListedTask {
  readonly name: string;
  readonly role?: string;
  readonly tags: string[];
  /** More tasks than this line become known when it is reached. */
  readonly stage?: boolean;
}

/** A play as `--list-hosts`, `--list-tasks` and `--list-tags` show it. */
export interface PlayListing {
  readonly name: string;
  readonly place: Place;
  readonly hosts: string[];
  readonly tags: string[];
  readonly tasks: ListedTask[];
}

/**
 * Lists a play without asking any host: tasks of roles are those of the play's first host, as if it were a Debian 12
 * machine. Conditions are not looked at.
 *
 * @param onItems is given the tasks of each role without a condition that can be made
 */
export function listPlay(
  play: PlayBlueprint,
  site: Site,
  settings: ReadonlyMap<string, HostSettings>,
  onItems: (items: readonly TaskItem[], entry: RoleEntry) => void = () => {},
): PlayListing {
  const [host] = play.hosts;
  const made = host === undefined ? undefined : standIn(play, site, host, settings.get(host.name));
  const context = made && { ...made, onItems };
  return {
    name: play.name,
    place: play.place,
    hosts: play.hosts.map(({ name }) => name),
    tags: [...play.words.tags],
    tasks: play.sections.flat().flatMap((entry) => listEntry(entry, context)),
  };
}

type ListingContext = ItemsContext & { readonly onItems: (items: readonly TaskItem[], entry: RoleEntry) => void };

function standIn(
  play: PlayBlueprint,
  site: Site,
  host: InventoryHost,
  settings: HostSettings | undefined,
): ItemsContext | undefined {
  if (settings === undefined) return undefined;
  const { root } = settings;
  const standInHost = {
    name: host.name,
    address: settings.address,
    facts: standInFacts,
    root,
    at: (path: string) => (root === '' ? path : join(root, path)),
    force: site.flags.force,
    update: false,
    records: noRecords,
    files: site.files,
  };
  return itemsContext(play, site, host, settings, standInHost, new Delegation(play, site));
}

function listEntry(entry: PlayEntry, around: ListingContext | undefined): ListedTask[] {
  const tags = [...entry.words.tags];
  // What is for some hosts may lack what those have.
  const context = around && entry.when.length > 0 ? { ...around, onItems: () => {} } : around;
  if (entry.kind === 'flush') return [];
  if (entry.kind === 'include') return listInclude(entry, context);
  if (entry.kind === 'block') {
    return [...entry.tasks, ...entry.rescue, ...entry.always].flatMap((inner) => listEntry(inner, context));
  }
  if (entry.kind === 'task') return [{ name: entry.title ?? taskName(entry, context), tags }];
  const role = entry.role.name;
  const items =
    context === undefined ? undefined : attempt(() => roleItems({ ...entry, when: [] } satisfies RoleEntry, context));
  if (items === undefined) return [{ name: entry.role.summary, role, tags, stage: true }];
  context?.onItems(items, entry);
  return items.flatMap((item) => listItem(item, tags, role));
}

function listInclude(entry: IncludeEntry, context: ListingContext | undefined): ListedTask[] {
  const inside = entry.contents.all();
  if (entry.contents.of(entry.what) !== undefined) return inside.flatMap((inner) => listEntry(inner, context));
  const tags = new Set(entriesWithin([entry]).flatMap(({ words }) => words.tags));
  return [{ name: entry.title ?? `${entry.word} ${entry.what}`, tags: [...tags], stage: true }];
}

function listItem(item: TaskItem, tags: readonly string[], entryRole: string): ListedTask[] {
  if (item.kind === 'flush') return [];
  if (item.kind === 'block') {
    const items = [...item.tasks, ...(item.rescue ?? []), ...(item.always ?? [])];
    return items.flatMap((inner) => listItem(inner, tags, entryRole));
  }
  const listed = { name: item.name, role: item.role ?? entryRole, tags: [...(item.tags ?? tags)] };
  return [item.kind === 'stage' ? { ...listed, stage: true } : listed];
}

/** Returns the name of a task that has none of its own: that of its resource. */
function taskName(entry: TaskEntry, context: ListingContext | undefined): string {
  const items =
    context === undefined ? undefined : attempt(() => taskItems({ ...entry, when: [], loop: undefined }, context));
  return items?.[0]?.name ?? entry.resource.kind;
}

/** Makes items; undefined where the host's own facts are needed, so that they are not listed in detail. */
function attempt<Items>(make: () => Items): Items | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError && error.ofAnyHost) throw error;
    return undefined;
  }
}
