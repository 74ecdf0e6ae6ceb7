import { isMap } from '../../vars/template/template-value.js';
import { mergeTables } from '../../vars/variables.js';
import type { Path, PlayEntry, TaskEntry } from '../blueprint/blueprint.js';
import { inherit, type Words } from '../words/inherited-words.js';
import { handlerSchema, taskSchema } from '../words/schemas.js';
import { structureWords } from '../words/structure-words.js';
import { readHandlersFile } from './include-name.js';
import { isBlock, readBlock } from './read-block.js';
import { includeWord, readInclude } from './read-include.js';
import { readMeta } from './read-meta.js';
import { readImportedRole } from './read-role.js';
import { type Reading, readWords, reportKey, tableOf } from './reading.js';

/** Reads the tasks of a list: resources, and roles imported among them. */
export async function readEntries(
  list: readonly unknown[],
  path: Path,
  words: Words,
  reading: Reading,
): Promise<readonly PlayEntry[]> {
  const entries: PlayEntry[] = [];
  for (const [index, value] of list.entries()) {
    const at = [...path, index];
    const entry = await readEntry(value, at, words, reading);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

async function readEntry(value: unknown, path: Path, words: Words, reading: Reading): Promise<PlayEntry | undefined> {
  if (!isMap(value)) return readTask(value, path, words, reading);
  const include = includeWord(value);
  if (include !== undefined) return readInclude(value, include, path, words, reading, readEntries);
  if ('import_role' in value) return readImportedRole(value, path, words, reading);
  if ('meta' in value) return readMeta(value, path, words, reading);
  if (isBlock(value)) return readBlock(value, path, words, reading, readEntries);
  return readTask(value, path, words, reading);
}

/** Reads handlers: tasks with a name, which tasks notify. */
export function readHandlers(
  list: readonly unknown[],
  path: Path,
  words: Words,
  reading: Reading,
): readonly TaskEntry[] {
  const handlers = new Map<string, TaskEntry>();
  for (const entry of handlerEntries(list, path, words, reading)) {
    const problem = handlerProblem(entry, handlers);
    if (problem === undefined) handlers.set(entry.title ?? '', entry);
    else reading.diagnostics.add({ code: 'handler', ...problem, place: entry.place });
  }
  return [...handlers.values()];
}

function handlerEntries(list: readonly unknown[], path: Path, words: Words, reading: Reading): readonly TaskEntry[] {
  return list.flatMap((value, index): readonly TaskEntry[] => {
    const at = [...path, index];
    const file = isMap(value) ? readHandlersFile(value, at, reading) : undefined;
    if (file === 'wrong') return [];
    if (file !== undefined) return handlerEntries(file.list, [], words, file.reading);
    const entry = readTask(value, at, words, reading, handlerSchema);
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
  reading: Reading,
  schema: typeof taskSchema | typeof handlerSchema = taskSchema,
): TaskEntry | undefined {
  const { source, diagnostics, kinds } = reading;
  const place = source.placeOf(path, 'value');
  const names = kinds.map((kind) => kind.kind);
  const keys = isMap(value) ? Object.keys(value) : [];
  const actions = keys.filter((key) => names.includes(key));
  const mistakesBefore = diagnostics.all.length;
  const task = readWords(schema, value, path, reading, [...names, ...structureWords]);
  if (!isMap(value)) return undefined;
  const [action, another] = actions;
  if (another !== undefined) {
    const at = source.placeOf([...path, another], 'key');
    const message = `a task has one resource; this one has ${actions.join(' and ')}`;
    diagnostics.add({ code: 'two-resources', message, place: at, hint: 'make a task of each' });
  } else if (action === undefined && diagnostics.all.length === mistakesBefore) {
    const hint = `expected one of ${[...names, ...structureWords].join(', ')}`;
    diagnostics.add({ code: 'no-resource', message: 'the task says nothing to do', place, hint });
  }
  const resource = kinds.find((kind) => kind.kind === action);
  if (task === undefined || action === undefined || resource === undefined) return undefined;
  const entry: TaskEntry = {
    kind: 'task',
    title: task.name,
    resource,
    params: value[action],
    loop: task.loop,
    loopVar: task.loop_control?.loop_var ?? 'item',
    loopLabel: task.loop_control?.label,
    register: task.register,
    notify: task.notify ?? [],
    listen: 'listen' in task ? (task.listen ?? []) : [],
    own: task,
    when: task.when ?? [],
    vars: mergeTables(reading.vars, tableOf(task.vars ?? {}, source, [...path, 'vars'])),
    words: inherit(words, task),
    registered: reading.registered,
    source,
    path,
    place,
  };
  if (task.loop_control !== undefined && task.loop === undefined) {
    reportKey('loop_control', [...path, 'loop_control'], [], reading, 'it goes with `loop:`');
  }
  if (task.register !== undefined) reading.registered = new Set([...reading.registered, task.register]);
  return entry;
}
