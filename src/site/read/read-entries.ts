import { isMap } from '../../vars/template/template-value.js';
import { mergeTables } from '../../vars/variables.js';
import type { Path, PlayEntry, TaskEntry } from '../blueprint/blueprint.js';
import { inherit, type Words } from '../words/inherited-words.js';
import { handlerSchema, taskSchema } from '../words/schemas.js';
import { structureWords } from '../words/structure-words.js';
import { namesOfFacts } from './facts-of-ansible.js';
import { readHandlersFile } from './include-name.js';
import { isTaskBlock, readBlock } from './read-block.js';
import { type ReadContext, readWords, reportKey, siteVariables } from './read-context.js';
import { includeWord, readInclude } from './read-include.js';
import { readMeta } from './read-meta.js';
import { readImportedRole } from './read-role.js';
import { reportSlip, slippedParams } from './slipped-params.js';

/** Reads the tasks of a list: resources, and roles imported among them. */
export async function readEntries(
  list: readonly unknown[],
  path: Path,
  words: Words,
  context: ReadContext,
): Promise<readonly PlayEntry[]> {
  const entries: PlayEntry[] = [];
  for (const [index, value] of list.entries()) {
    const at = [...path, index];
    const entry = await readEntry(value, at, words, context);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

async function readEntry(
  value: unknown,
  path: Path,
  words: Words,
  context: ReadContext,
): Promise<PlayEntry | undefined> {
  if (!isMap(value)) return readTask(value, path, words, context);
  const facts = namesOfFacts(value);
  if (facts.length > 0) context.registered = new Set([...context.registered, ...facts]);
  const include = includeWord(value);
  if (include !== undefined) return readInclude(value, include, path, words, context, readEntries);
  if ('import_role' in value) return readImportedRole(value, path, words, context);
  if ('meta' in value) return readMeta(value, path, words, context);
  if (isTaskBlock(value)) return readBlock(value, path, words, context, readEntries);
  return readTask(value, path, words, context);
}

/** Reads handlers: tasks with a name, which tasks notify. */
export function readHandlers(
  list: readonly unknown[],
  path: Path,
  words: Words,
  context: ReadContext,
): readonly TaskEntry[] {
  const handlers = new Map<string, TaskEntry>();
  for (const entry of handlerEntries(list, path, words, context)) {
    const problem = handlerProblem(entry, handlers);
    if (problem === undefined) handlers.set(entry.title ?? '', entry);
    else context.diagnostics.add({ code: 'handler', ...problem, place: entry.place });
  }
  return [...handlers.values()];
}

function handlerEntries(
  list: readonly unknown[],
  path: Path,
  words: Words,
  context: ReadContext,
): readonly TaskEntry[] {
  return list.flatMap((value, index): readonly TaskEntry[] => {
    const at = [...path, index];
    const file = isMap(value) ? readHandlersFile(value, at, context) : undefined;
    if (file === 'wrong') return [];
    if (file !== undefined) return handlerEntries(file.list, [], words, file.context);
    const entry = readTask(value, at, words, context, handlerSchema);
    return entry === undefined ? [] : [entry];
  });
}

function handlerProblem(
  entry: TaskEntry,
  others: ReadonlyMap<string, TaskEntry>,
): { message: string; hint?: string } | undefined {
  if (entry.title === undefined) return { message: 'a handler needs a name', hint: 'tasks notify it by its name' };
  if (others.has(entry.title)) return { message: `there is another handler named ${entry.title}` };
  if (entry.title.includes('{{')) return { message: 'the name of a handler cannot be a template' };
  if (entry.loop !== undefined)
    return { message: 'a handler has no loop', hint: 'write one handler for each, and notify them all' };
  return undefined;
}

function readTask(
  value: unknown,
  path: Path,
  words: Words,
  context: ReadContext,
  schema: typeof taskSchema | typeof handlerSchema = taskSchema,
): TaskEntry | undefined {
  const { source, diagnostics, kinds } = context;
  const place = source.placeOf(path, 'value');
  const names = kinds.map((kind) => kind.kind);
  const keys = isMap(value) ? Object.keys(value) : [];
  const actions = keys.filter((key) => names.includes(key));
  const errorsBefore = diagnostics.all.length;
  const [action, another] = actions;
  const resource = kinds.find((kind) => kind.kind === action);
  const slipped =
    isMap(value) && resource !== undefined ? slippedParams(value, resource, Object.keys(schema.shape)) : [];
  if (resource !== undefined && slipped.length > 0) reportSlip(slipped, resource.kind, path, context);
  const task = readWords(schema, value, path, context, [...names, ...structureWords, ...slipped]);
  if (!isMap(value)) return undefined;
  if (another !== undefined) {
    const at = source.placeOf([...path, another], 'key');
    const message = `a task has one resource; this one has ${actions.join(' and ')}`;
    diagnostics.add({ code: 'two-resources', message, place: at, hint: 'make a task of each' });
  } else if (action === undefined && diagnostics.all.length === errorsBefore) {
    const hint = `expected one of ${[...names, ...structureWords].join(', ')}`;
    diagnostics.add({ code: 'no-resource', message: 'the task says nothing to do', place, hint });
  }
  if (slipped.length > 0 || task === undefined || action === undefined || resource === undefined) return undefined;
  const loopVar = task.loop_control?.loop_var ?? 'item';
  // Its word is an error; that there is no item then is none of its own.
  const hasForeignLoop = keys.some((key) => key.startsWith('with_'));
  const entry: TaskEntry = {
    kind: 'task',
    title: task.name,
    resource,
    params: value[action],
    loop: task.loop,
    loopVar,
    loopLabel: task.loop_control?.label,
    register: task.register,
    notify: task.notify ?? [],
    listen: 'listen' in task ? (task.listen ?? []) : [],
    own: task,
    when: task.when ?? [],
    vars: mergeTables(context.vars, siteVariables(task.vars ?? {}, source, [...path, 'vars'])),
    words: inherit(words, task),
    registered: hasForeignLoop ? new Set([...context.registered, loopVar]) : context.registered,
    source,
    path,
    place,
  };
  if (task.loop_control !== undefined && task.loop === undefined && !hasForeignLoop) {
    reportKey('loop_control', [...path, 'loop_control'], [], context, 'it goes with `loop:`');
  }
  if (task.register !== undefined) context.registered = new Set([...context.registered, task.register]);
  return entry;
}
