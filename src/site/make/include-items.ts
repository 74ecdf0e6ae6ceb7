import { type Diagnostic, InputError } from '../../diagnostics/diagnostic.js';
import type { Results, Skipped, Stage, Task, TaskItem } from '../../model/task.js';
import { Later, typeName } from '../../vars/template/template-value.js';
import type { IncludeEntry, PlayEntry } from '../blueprint/blueprint.js';
import { entriesWithin } from '../blueprint/entries-within.js';
import { withReason } from '../render/missing-result.js';
import { failed, holds, knownItems, type Rendering, renderAt } from '../render/render-entry.js';
import { makingWithin } from './making-within.js';
import type { RoleMaking } from './role-items.js';
import { nameOf } from './task-items.js';

/** The items of any entry. */
type ItemsOf = (entry: PlayEntry, making: RoleMaking) => readonly TaskItem[];

/**
 * The tasks that an include stands for, for one host. Its condition is decided once, before the first of them, whatever
 * they change; where it, the loop or the name depends on results of earlier tasks, it is a stage.
 *
 * @throws InputError for mistakes that show only now
 */
export function includeItems(entry: IncludeEntry, making: RoleMaking, itemsOf: ItemsOf): readonly TaskItem[] {
  if (entry.loop === undefined) return includedOnce(entry, making, itemsOf);
  const items = settled(entry, making, (rendering) => knownItems(entry, rendering));
  if (items instanceof Later) return [stageOf(entry, making, (now) => includeItems(entry, now, itemsOf))];
  if (items.length === 0) return skippedItems(entry, making, 'the loop has no items');
  return items.flatMap((item, index) => {
    const within = { ...making, scopes: making.scopes.within({ [entry.loopVar]: item }) };
    return includedOnce(entry, within, itemsOf, { index, count: items.length, item });
  });
}

function includedOnce(
  entry: IncludeEntry,
  making: RoleMaking,
  itemsOf: ItemsOf,
  loop?: Task['loop'],
): readonly TaskItem[] {
  const condition = settled(entry, making, (rendering) => holds(entry, rendering));
  if (condition === false) return skippedItems(entry, making, `when: ${entry.when.join(' and ')}`, loop);
  const name = condition === true ? contentsName(entry, making) : condition;
  const contents = name instanceof Later ? undefined : entry.contents.of(name);
  if (contents !== undefined) return contents.flatMap((inner) => itemsOf(inner, makingWithin(contents, making)));
  return [
    stageOf(
      entry,
      making,
      async (now) => {
        const known = settled(entry, now, (rendering) => holds(entry, rendering));
        const what = known === true ? contentsName(entry, now) : known;
        if (typeof what === 'string') await entry.contents.load(what);
        return includedOnce(entry, now, itemsOf, loop);
      },
      loop,
    ),
  ];
}

/** @throws InputError where the template of the name has a mistake */
function contentsName(entry: IncludeEntry, making: RoleMaking): string | Later {
  return settled(entry, making, (rendering) => {
    const name = renderAt(entry.what, entry, entry.whatAt, rendering);
    if (typeof name === 'string' || name instanceof Later) return name;
    if (name !== failed) {
      const message = `${entry.word}: expected a name, got ${typeName(name)}`;
      rendering.report({ code: 'wrong-type', message, place: entry.source.placeOf(entry.whatAt, 'value') });
    }
    return undefined;
  });
}

function stageOf(
  entry: IncludeEntry,
  making: RoleMaking,
  items: (now: RoleMaking) => readonly TaskItem[] | Promise<readonly TaskItem[]>,
  loop?: Task['loop'],
): Stage {
  const within = entriesWithin(entry.contents.all()).map((inner) => {
    const name = 'title' in inner ? inner.title : undefined;
    return { tags: inner.words.tags, ...(name !== undefined && { name }) };
  });
  return {
    kind: 'stage',
    name: titleOf(entry, making, loop),
    tags: entry.words.tags,
    within,
    place: entry.place,
    ...(entry.words.ignoreErrors && { ignoreErrors: true }),
    ...(entry.words.noLog && { noLog: true }),
    tasks: (results: Results) => items({ ...making, scopes: making.scopes.with(results) }),
  };
}

/** Told as one; what its tasks would register is there all the same, as skipped. */
export function skippedItems(entry: IncludeEntry, making: RoleMaking, reason: string, loop?: Task['loop']): Skipped[] {
  const told: Skipped = {
    kind: 'skipped',
    name: titleOf(entry, making, loop),
    reason,
    tags: entry.words.tags,
    place: entry.place,
  };
  const registering = entriesWithin(entry.contents.all()).flatMap((inner): Skipped[] => {
    if (inner.kind !== 'task' || inner.register === undefined) return [];
    const { title, resource, register, words, place } = inner;
    return [{ kind: 'skipped', name: title ?? resource.kind, reason, register, tags: words.tags, place }];
  });
  return [told, ...registering];
}

function titleOf(entry: IncludeEntry, making: RoleMaking, loop?: Task['loop']): string {
  return nameOf(
    entry,
    renderingOf(entry, making, () => {}),
    loop,
    `${entry.word} ${entry.what}`,
  );
}

/** Runs a step that reports mistakes, and throws those. */
function settled<Value>(
  entry: IncludeEntry,
  making: RoleMaking,
  step: (rendering: Rendering) => Value | undefined,
): Value {
  const mistakes: Diagnostic[] = [];
  const { scope } = renderingOf(entry, making, () => {});
  const value = step(renderingOf(entry, making, (mistake) => mistakes.push(withReason(mistake, entry, scope))));
  if (value === undefined) throw new InputError(mistakes);
  return value;
}

function renderingOf(entry: IncludeEntry, { scopes }: RoleMaking, report: Rendering['report']): Rendering {
  return { scope: scopes.of(entry), variables: scopes.variablesOf(entry), report };
}
