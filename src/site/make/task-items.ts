import { type Diagnostic, InputError } from '../../diagnostics/diagnostic.js';
import type { ControllerFiles } from '../../model/resource.js';
import type { Become, Results, Skipped, Stage, Task } from '../../model/task.js';
import { renderValue } from '../../vars/template/template.js';
import { TemplateError } from '../../vars/template/template-error.js';
import { Later } from '../../vars/template/template-value.js';
import type { TaskEntry } from '../blueprint/blueprint.js';
import { checkedParams } from '../check/check-params.js';
import { delegateName } from '../hosts/delegation.js';
import { withReason } from '../render/missing-result.js';
import { outcomeWords, retryOfEntry } from '../render/outcome-words.js';
import { holds, knownItems, type Rendering } from '../render/render-entry.js';
import type { Scopes } from '../render/scopes.js';

/** What the tasks of one host are made with. */
export interface Making {
  readonly scopes: Scopes;
  readonly files: ControllerFiles;
  /** Who an entry's tasks run as. @param on the host that they are delegated to */
  becomeOf(entry: Pick<TaskEntry, 'words'>, on?: string): Become;
  /** Handlers that this host has, of those that an entry notifies. */
  handlersFor(names: readonly string[]): readonly string[];
}

/**
 * The tasks of an entry for one host: one, or one for each item of its loop. What depends on results of earlier tasks
 * becomes a stage.
 *
 * @throws InputError for mistakes that show only now
 */
export function taskItems(entry: TaskEntry, making: Making): readonly (Task | Stage | Skipped)[] {
  const { scopes } = making;
  if (entry.loop === undefined) return [taskItem(entry, making, undefined)];
  const rendering = renderingOf(entry, scopes);
  const items = settled(entry, rendering, (report) => knownItems(entry, { ...rendering, report }));
  if (items instanceof Later) return [stageOf(entry, making)];
  if (items.length === 0) return [skippedOf(entry, making, undefined, 'the loop has no items')];
  return items.map((item, index) => taskItem(entry, making, { index, count: items.length, item }));
}

function taskItem(entry: TaskEntry, making: Making, loop: Task['loop']): Task | Stage | Skipped {
  const rendering = renderingOf(entry, making.scopes, loop);
  const condition = settled(entry, rendering, (report) => holds(entry, { ...rendering, report }));
  if (condition === false) return skippedOf(entry, making, loop, `when: ${entry.when.join(' and ')}`);
  if (condition instanceof Later && loop !== undefined) return stageOf(entry, making, loop);
  const params = paramsOf(entry, rendering, making, condition instanceof Later);
  if (params instanceof Later) return stageOf(entry, making, loop);
  const retrying = settled(entry, rendering, (report) =>
    retryOfEntry(entry, { ...rendering, report }, making.scopes, loop),
  );
  if (retrying instanceof Later) return stageOf(entry, making, loop);
  if (condition instanceof Later && entry.delegateTo !== undefined) return stageOf(entry, making, loop);
  const delegate = settled(entry, rendering, (report) => delegateName(entry, { ...rendering, report }, making.scopes));
  if (delegate instanceof Later) return stageOf(entry, making, loop);
  const { retry } = retrying;
  const resource = entry.resource.create(params.value);
  const about = entry.words.noLog ? resource.kind : `${resource.kind} ${resource.id}`;
  const name = nameOf(entry, rendering, loop, about);
  const notify = making.handlersFor([...new Set([...entry.notify, ...entry.words.notify])]);
  const when = (results: Results) => holdsNow(entry, making.scopes.with(results));
  return {
    kind: 'task',
    name,
    resource,
    become: making.becomeOf(entry, delegate.to),
    tags: entry.words.tags,
    place: entry.place,
    ...(condition instanceof Later && { when }),
    ...(notify.length > 0 && { notify }),
    ...(entry.listen.length > 0 && { listen: entry.listen }),
    ...(entry.register !== undefined && { register: entry.register }),
    ...(entry.words.runOnce && { runOnce: true }),
    ...(delegate.to !== undefined && { delegate: delegate.to }),
    ...(retry !== undefined && { retry }),
    ...outcomeWords(entry, making.scopes, loop),
    ...(loop !== undefined && { loop }),
  };
}

/** Parameters that can't be rendered before it is known whether the task runs at all are left for then. */
function paramsOf(
  entry: TaskEntry,
  rendering: Rendering,
  making: Making,
  mayNotRun: boolean,
): { value: unknown } | Later {
  const mistakes: Diagnostic[] = [];
  const report = (mistake: Diagnostic) => mistakes.push(mistake);
  const params = checkedParams(entry, { ...rendering, report }, making.files);
  if (params !== undefined) return params;
  if (mayNotRun) return new Later('whether the task runs');
  throw new InputError(mistakes);
}

function holdsNow(entry: TaskEntry, scopes: Scopes): boolean {
  const rendering = renderingOf(entry, scopes);
  return settled(entry, rendering, (report) => holds(entry, { ...rendering, report })) === true;
}

/** Runs a step that reports mistakes, and throws those. */
function settled<Value>(
  entry: TaskEntry,
  rendering: Rendering,
  step: (report: Rendering['report']) => Value | undefined,
): Value {
  const mistakes: Diagnostic[] = [];
  const value = step((mistake) => mistakes.push(withReason(mistake, entry, rendering.scope)));
  if (value === undefined) throw new InputError(mistakes);
  return value;
}

function renderingOf(entry: TaskEntry, scopes: Scopes, loop?: Task['loop']): Rendering {
  const scope = scopes.of(entry, loop && { [entry.loopVar]: loop.item });
  return { scope, variables: scopes.variablesOf(entry), report: () => {} };
}

function stageOf(entry: TaskEntry, making: Making, loop?: Task['loop']): Stage {
  return {
    kind: 'stage',
    name: entry.title ?? entry.resource.kind,
    tags: entry.words.tags,
    place: entry.place,
    ...(entry.register !== undefined && { register: entry.register }),
    ...(entry.words.ignoreErrors && { ignoreErrors: true }),
    ...(entry.words.noLog && { noLog: true }),
    tasks: (results) => {
      const now = { ...making, scopes: making.scopes.with(results) };
      const items = loop === undefined ? taskItems(entry, now) : [taskItem(entry, now, loop)];
      // All that is registered is known now: one that still waits would wait for ever.
      if (items.some(({ kind }) => kind === 'stage')) throw new InputError([stillWaiting(entry)]);
      return items;
    },
  };
}

function stillWaiting({ place }: TaskEntry): Diagnostic {
  const message = 'it depends on a result that is not known when its turn has come';
  return { code: 'undefined-variable', message, place, hint: 'let an earlier task register what it is made of' };
}

/** Stands for a task that the host doesn't get. */
export function skippedOf(entry: TaskEntry, making: Making, loop: Task['loop'], reason: string): Skipped {
  const rendering = renderingOf(entry, making.scopes, loop);
  return {
    kind: 'skipped',
    name: nameOf(entry, rendering, loop, entry.resource.kind),
    reason,
    tags: entry.words.tags,
    place: entry.place,
    ...(entry.register !== undefined && { register: entry.register }),
    ...(loop !== undefined && { loop }),
  };
}

/** The task's name, rendered where that is possible; a task of a loop says which item it is for. */
export function nameOf(
  entry: Pick<TaskEntry, 'title' | 'loopLabel'> & { readonly words?: { readonly noLog: boolean } },
  rendering: Rendering,
  loop: Task['loop'],
  otherwise: string,
): string {
  if (loop !== undefined && entry.words?.noLog) {
    return `${entry.title ?? otherwise} (item ${loop.index + 1} of ${loop.count})`;
  }
  const name = entry.title === undefined ? otherwise : rendered(entry.title, rendering);
  if (loop === undefined) return name;
  const item = typeof loop.item === 'object' ? JSON.stringify(loop.item) : String(loop.item);
  const label = entry.loopLabel === undefined ? shortened(item) : rendered(entry.loopLabel, rendering);
  return `${name} (item=${label})`;
}

function rendered(text: string, { scope }: Rendering): string {
  try {
    const value = renderValue(text, scope);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : text;
  } catch (error) {
    if (error instanceof TemplateError) return text;
    throw error;
  }
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
