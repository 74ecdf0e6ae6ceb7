import type { Results, Skipped, Stage, Task, TaskItem } from '../../model/task.js';
import { Later, yamlTypeName } from '../../vars/template/template-value.js';
import { entriesWithin, type IncludeEntry } from '../blueprint/blueprint.js';
import { entryName } from '../render/entry-name.js';
import { EntryRenderer, failed } from '../render/entry-renderer.js';
import { contextWithin, type ItemsContext } from './items-context.js';

/**
 * Makes the tasks that an include stands for, for one host. Its condition is decided once, before the first of them,
 * whatever they change; where it, the loop or the name depends on results of earlier tasks, it is a stage.
 *
 * @throws InputError for errors that show only now
 */
export function includeItems(entry: IncludeEntry, context: ItemsContext): readonly TaskItem[] {
  if (entry.loop === undefined) return itemsOnce(entry, context);
  const renderer = new EntryRenderer(entry, context.scopes);
  const items = renderer.required(renderer.knownItems());
  if (items instanceof Later) return [stageOf(renderer, context, (now) => includeItems(entry, now))];
  if (items.length === 0) return skippedInclude(renderer, 'the loop has no items').map(withoutContents);
  return items.flatMap((item, index) => {
    const within = { ...context, scopes: context.scopes.within({ [entry.loopVar]: item }) };
    return itemsOnce(entry, within, { index, count: items.length, item });
  });
}

function itemsOnce(entry: IncludeEntry, context: ItemsContext, loop?: Task['loop']): readonly TaskItem[] {
  const renderer = new EntryRenderer(entry, context.scopes);
  const condition = renderer.required(renderer.holds());
  if (condition === false) return skippedInclude(renderer, `when: ${entry.when.join(' and ')}`, loop);
  const name = condition === true ? contentsName(renderer) : condition;
  const contents = name instanceof Later ? undefined : entry.contents.of(name);
  if (contents !== undefined) {
    const within = contextWithin(contents, context);
    return contents.flatMap((inner) => context.itemsOf(inner, within));
  }
  const itemsNow = async (now: ItemsContext) => {
    const reached = new EntryRenderer(entry, now.scopes);
    const isWanted = reached.required(reached.holds()) === true;
    const what = isWanted ? contentsName(reached) : undefined;
    if (typeof what === 'string') await entry.contents.load(what);
    return itemsOnce(entry, now, loop);
  };
  return [stageOf(renderer, context, itemsNow, loop)];
}

/** @throws InputError where the template of the name has an error */
function contentsName(renderer: EntryRenderer<IncludeEntry>): string | Later {
  const { what, whatAt, word } = renderer.entry;
  const name = renderer.render(what, whatAt);
  if (typeof name === 'string' || name instanceof Later) return name;
  if (name !== failed) {
    const message = `${word}: expected a name, got ${yamlTypeName(name)}`;
    renderer.reportAt(whatAt, { code: 'wrong-type', message });
  }
  return renderer.required(undefined);
}

function stageOf(
  renderer: EntryRenderer<IncludeEntry>,
  context: ItemsContext,
  items: (now: ItemsContext) => readonly TaskItem[] | Promise<readonly TaskItem[]>,
  loop?: Task['loop'],
): Stage {
  const { entry } = renderer;
  const known = entriesWithin(entry.contents.all()).map((inner) => {
    const name = 'title' in inner ? inner.title : undefined;
    return { tags: inner.words.tags, ...(name !== undefined && { name }) };
  });
  return {
    kind: 'stage',
    name: titleOf(renderer, loop),
    tags: entry.words.tags,
    within: known,
    place: entry.place,
    ...(entry.words.ignore_errors && { ignoreErrors: true }),
    ...(entry.words.no_log && { noLog: true }),
    tasks: (results: Results) => items({ ...context, scopes: context.scopes.with(results) }),
  };
}

/** Returns one item for all tasks of an include that the host doesn't get, and one for each result of them. */
export function skippedInclude(
  renderer: EntryRenderer<IncludeEntry>,
  reason: string,
  loop?: Task['loop'],
): readonly Skipped[] {
  const { entry } = renderer;
  const whole: Skipped = {
    kind: 'skipped',
    name: titleOf(renderer, loop),
    reason,
    tags: entry.words.tags,
    place: entry.place,
    within: within(entry),
  };
  const registering = entriesWithin(entry.contents.all()).flatMap((inner): Skipped[] => {
    if (inner.kind !== 'task' || inner.register === undefined) return [];
    const { title, resource, register, words, place } = inner;
    return [{ kind: 'skipped', name: title ?? resource.kind, reason, register, tags: words.tags, place }];
  });
  return [whole, ...registering];
}

function withoutContents({ within: _, ...skipped }: Skipped): Skipped {
  return skipped;
}

/** Returns the files and roles that an include stands for; a name with a template in it may be any. */
function within(entry: IncludeEntry): NonNullable<Skipped['within']> {
  const inner = entriesWithin(entry.contents.all());
  if ([entry, ...inner].some((each) => each.kind === 'include' && each.what.includes('{{'))) return 'unknown';
  return {
    files: [...new Set(inner.flatMap(({ place }) => (place === undefined ? [] : [place.file])))],
    roles: inner.flatMap((each) => (each.kind === 'role' ? [each.role.name] : [])),
  };
}

function titleOf(renderer: EntryRenderer<IncludeEntry>, loop: Task['loop']): string {
  const { word, what } = renderer.entry;
  return entryName(renderer, `${word} ${what}`, loop);
}
