import { type Diagnostic, InputError } from '../../diagnostics/diagnostic.js';
import type { Results, Skipped, Stage, Task } from '../../model/task.js';
import { Later } from '../../vars/template/template-value.js';
import type { TaskEntry } from '../blueprint/blueprint.js';
import { checkedParams } from '../check/check-params.js';
import { delegateName } from '../hosts/delegation.js';
import { entryName } from '../render/entry-name.js';
import { EntryRenderer } from '../render/entry-renderer.js';
import { outcomeParts, retryOfEntry } from '../render/outcome-words.js';
import type { ItemsContext } from './items-context.js';

/**
 * Makes the tasks of an entry for one host: one, or one for each item of its loop. An entry that depends on results of
 * earlier tasks becomes a stage.
 *
 * @throws InputError for errors that show only now
 */
export function taskItems(entry: TaskEntry, context: ItemsContext): readonly (Task | Stage | Skipped)[] {
  if (entry.loop === undefined) return [taskItem(entry, context, undefined)];
  const renderer = new EntryRenderer(entry, context.scopes);
  const items = renderer.required(renderer.knownItems());
  if (items instanceof Later) return [stageOf(renderer, context)];
  if (items.length === 0) {
    // It registers the results of its items, of which there are none.
    return [{ ...skippedTask(renderer, 'the loop has no items'), loop: { index: 0, count: 0, item: undefined } }];
  }
  return items.map((item, index) => taskItem(entry, context, { index, count: items.length, item }));
}

function taskItem(entry: TaskEntry, context: ItemsContext, loop: Task['loop']): Task | Stage | Skipped {
  const renderer = new EntryRenderer(entry, context.scopes, { locals: loop && { [entry.loopVar]: loop.item } });
  const later = () => stageOf(renderer, context, loop);
  const condition = renderer.required(renderer.holds());
  if (condition === false) return skippedTask(renderer, `when: ${entry.when.join(' and ')}`, loop);
  const mayNotRun = condition instanceof Later;
  if (mayNotRun && (loop !== undefined || entry.own.delegate_to !== undefined)) return later();
  const params = checkedParams(renderer, context.files);
  // What can't be rendered before it is known if the task runs at all is left for then.
  if (params instanceof Later || (params === undefined && mayNotRun)) return later();
  const { value } = renderer.required(params);
  const retrying = renderer.required(retryOfEntry(renderer));
  if (retrying instanceof Later) return later();
  const delegate = renderer.required(delegateName(renderer));
  if (delegate instanceof Later) return later();
  const { retry } = retrying;
  const resource = entry.resource.create(value);
  const about = entry.words.no_log ? resource.kind : `${resource.kind} ${resource.id}`;
  const notify = context.handlersFor([...new Set([...entry.notify, ...entry.words.notify])]);
  return {
    kind: 'task',
    name: entryName(renderer, about, loop),
    resource,
    become: context.becomeOf(renderer, delegate.to),
    tags: entry.words.tags,
    place: entry.place,
    ...(mayNotRun && { when: (results: Results) => holdsNow(renderer, results) }),
    ...(notify.length > 0 && { notify }),
    ...(entry.listen.length > 0 && { listen: entry.listen }),
    ...(entry.register !== undefined && { register: entry.register }),
    ...(entry.words.run_once && { runOnce: true }),
    ...(entry.words.update && { update: true }),
    ...(delegate.to !== undefined && { delegate: delegate.to }),
    ...(retry !== undefined && { retry }),
    ...outcomeParts(renderer),
    ...(loop !== undefined && { loop }),
  };
}

function holdsNow({ entry, scopes }: EntryRenderer<TaskEntry>, results: Results): boolean {
  const renderer = new EntryRenderer(entry, scopes.with(results));
  return renderer.required(renderer.holds()) === true;
}

/** Makes a stage: one for a loop whose items are not known yet, one for an item whose condition is not. */
function stageOf(renderer: EntryRenderer<TaskEntry>, context: ItemsContext, loop?: Task['loop']): Stage {
  const { entry, scopes } = renderer;
  return {
    kind: 'stage',
    name: entry.title ?? entry.resource.kind,
    tags: entry.words.tags,
    place: entry.place,
    ...(entry.register !== undefined && { register: entry.register }),
    ...(entry.words.ignore_errors && { ignoreErrors: true }),
    ...(entry.words.no_log && { noLog: true }),
    tasks: (results) => {
      const now = { ...context, scopes: scopes.with(results) };
      const items = loop === undefined ? taskItems(entry, now) : [taskItem(entry, now, loop)];
      // All that is registered is known now: one that still waits would wait for ever.
      if (items.some(({ kind }) => kind === 'stage')) throw new InputError([waitingError(entry)]);
      return items;
    },
  };
}

function waitingError({ place }: TaskEntry): Diagnostic {
  const message = 'it depends on a result that is not known when its turn has come';
  return { code: 'undefined-variable', message, place, hint: 'let an earlier task register what it is made of' };
}

/** Returns the item that stands for a task which the host doesn't get. */
export function skippedTask(renderer: EntryRenderer<TaskEntry>, reason: string, loop?: Task['loop']): Skipped {
  const { entry } = renderer;
  return {
    kind: 'skipped',
    name: entryName(renderer, entry.resource.kind, loop),
    reason,
    tags: entry.words.tags,
    place: entry.place,
    ...(entry.register !== undefined && { register: entry.register }),
    ...(loop !== undefined && { loop }),
  };
}
