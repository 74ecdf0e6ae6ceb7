import { type Diagnostic, InputError } from '../../diagnostics/diagnostic.js';
import type { Block, Results, Skipped, TaskItem } from '../../model/task.js';
import type { Later } from '../../vars/template/template-value.js';
import type { BlockEntry, PlayEntry } from '../blueprint/blueprint.js';
import { withReason } from '../render/missing-result.js';
import { holds, type Rendering } from '../render/render-entry.js';
import type { Scopes } from '../render/scopes.js';
import { skippedItems } from './include-items.js';
import { makingWithin } from './making-within.js';
import type { RoleMaking } from './role-items.js';
import { nameOf, skippedOf } from './task-items.js';

/** The items of any entry. */
type ItemsOf = (entry: PlayEntry, making: RoleMaking) => readonly TaskItem[];

/**
 * A block for one host. Its condition is decided once, before the first of its tasks, whatever they change. They are
 * made at once where they can be, so that the engine sees them ahead; a condition that depends on results of earlier
 * tasks is asked when the block is reached.
 *
 * @throws InputError for mistakes that show only now
 */
export function blockItems(entry: BlockEntry, making: RoleMaking, itemsOf: ItemsOf): readonly TaskItem[] {
  const condition = decided(entry, making.scopes);
  if (condition === false) return skippedWithin(entry, making, `when: ${entry.when.join(' and ')}`);
  if (condition === true) return [blockOf(entry, making, itemsOf)];
  const when = (results: Results) => decided(entry, making.scopes.with(results)) === true;
  try {
    return [{ ...blockOf(entry, making, itemsOf), when }];
  } catch (error) {
    // What can't be made may not be wanted: that is known when it is reached.
    if (!(error instanceof InputError)) throw error;
    const { words, place } = entry;
    const tasks = (results: Results) => blockItems(entry, { ...making, scopes: making.scopes.with(results) }, itemsOf);
    return [{ kind: 'stage', name: titleOf(entry, making), tasks, tags: words.tags, place }];
  }
}

function blockOf(entry: BlockEntry, making: RoleMaking, itemsOf: ItemsOf): Block {
  const within = makingWithin([...entry.tasks, ...entry.rescue, ...entry.always], making);
  const part = (entries: readonly PlayEntry[]) => entries.flatMap((inner) => itemsOf(inner, within));
  return {
    kind: 'block',
    name: titleOf(entry, making),
    tasks: part(entry.tasks),
    ...(entry.rescue.length > 0 && { rescue: part(entry.rescue) }),
    ...(entry.always.length > 0 && { always: part(entry.always) }),
    tags: entry.words.tags,
    place: entry.place,
  };
}

/** All that would run without a failure, told as skipped, one by one. */
function skippedWithin(entry: PlayEntry, making: RoleMaking, reason: string): readonly Skipped[] {
  const { place } = entry;
  const { tags } = entry.words;
  switch (entry.kind) {
    case 'flush':
      return [];
    case 'task':
      return [skippedOf(entry, making, undefined, reason)];
    case 'role':
      return [{ kind: 'skipped', name: `role ${entry.role.name}`, reason, tags, role: entry.role.name, place }];
    case 'include':
      return skippedItems(entry, making, reason);
    case 'block':
      return [...entry.tasks, ...entry.always].flatMap((inner) => skippedWithin(inner, making, reason));
  }
}

/** @throws InputError where the condition has a mistake */
function decided(entry: BlockEntry, scopes: Scopes): boolean | Later {
  const scope = scopes.of(entry);
  const mistakes: Diagnostic[] = [];
  const report = (mistake: Diagnostic) => mistakes.push(withReason(mistake, entry, scope));
  const condition = holds(entry, { scope, variables: scopes.variablesOf(entry), report });
  if (condition === undefined) throw new InputError(mistakes);
  return condition;
}

function titleOf(entry: BlockEntry, { scopes }: RoleMaking): string {
  const rendering: Rendering = { scope: scopes.of(entry), variables: scopes.variablesOf(entry), report: () => {} };
  return nameOf({ title: entry.title, loopLabel: undefined }, rendering, undefined, 'block');
}
