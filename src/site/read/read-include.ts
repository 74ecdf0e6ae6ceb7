import type { z } from 'zod';
import { Later } from '../../vars/template/template-value.js';
import { mergeTables, type VariableTable } from '../../vars/variables.js';
import type { IncludeEntry, Path, PlayEntry } from '../blueprint/blueprint.js';
import { inherit, type Words } from '../words/inherited-words.js';
import { importTasksSchema, includeSchema, taskSchema } from '../words/schemas.js';
import { IncludeContents } from './include-contents.js';
import { readName } from './include-name.js';
import { type ReadContext, readWords, reportKey, siteVariables } from './read-context.js';
import { readNamedRole } from './read-role.js';
import { readTasksFile } from './tasks-file.js';

/** Reads the tasks of a list. */
type ReadEntries = (
  list: readonly unknown[],
  path: Path,
  words: Words,
  context: ReadContext,
) => Promise<readonly PlayEntry[]>;

/** Reads a task that is `import_tasks`, `include_tasks` or `include_role`; what a fixed name stands for is read with it. */
export async function readInclude(
  value: Readonly<Record<string, unknown>>,
  word: IncludeEntry['word'],
  path: Path,
  outer: Words,
  context: ReadContext,
  readEntries: ReadEntries,
): Promise<IncludeEntry | undefined> {
  const { source, registered } = context;
  const schema = word === 'import_tasks' ? importTasksSchema : includeSchema;
  const task: z.output<typeof includeSchema> | undefined = readWords(schema, value, path, context, [
    word,
    ...taskWords(value, word, path, context),
  ]);
  const named = readName(value[word], word, [...path, word], context);
  if (task === undefined || named === undefined) return undefined;
  const { what, whatAt } = named;
  const { loop, loop_control: control } = task;
  const loopVar = control?.loop_var ?? 'item';
  if (control !== undefined && loop === undefined) {
    reportKey('loop_control', [...path, 'loop_control'], [], context, 'it goes with `loop:`');
  }
  const words = inherit(outer, task);
  const given = siteVariables(task.vars ?? {}, source, [...path, 'vars']);
  const own = mergeTables(context.vars, given, named.vars);
  const vars = loop === undefined ? own : mergeTables(own, itemOf(loopVar, path, context));
  const readContents = async (name: string, within: ReadContext): Promise<readonly PlayEntry[]> => {
    if (word === 'include_role') {
      const role = { when: [], tables: named.tables, words, path };
      const entry = await readNamedRole(name, whatAt, role, within);
      return entry === undefined ? [] : [entry];
    }
    const file = readTasksFile(name, whatAt, within);
    if (file === undefined) return [];
    const entries = await readEntries(file.list, [], words, file.context);
    within.registered = file.context.registered;
    return entries;
  };
  const contents = new IncludeContents((name, diagnostics) =>
    readContents(name, { ...context, diagnostics, vars, registered }),
  );
  if (!what.includes('{{')) {
    const inside = { ...context, vars };
    contents.keep(what, await readContents(what, inside));
    context.registered = inside.registered;
  } else if (word === 'import_tasks') {
    const place = source.placeOf(whatAt, 'value');
    const message = 'the file of import_tasks cannot be a template: it is read before any host is known';
    context.diagnostics.add({ code: 'wrong-type', message, place, hint: 'use `include_tasks`' });
    return undefined;
  }
  return {
    kind: 'include',
    word,
    title: task.name,
    what,
    whatAt,
    loop,
    loopVar,
    loopLabel: control?.label,
    contents,
    when: task.when ?? [],
    words,
    vars: own,
    registered,
    source,
    path,
    place: source.placeOf(path, 'value'),
  };
}

/** Words of tasks that mean nothing for many of them. */
function taskWords(
  value: Readonly<Record<string, unknown>>,
  word: IncludeEntry['word'],
  path: Path,
  context: ReadContext,
): readonly string[] {
  const known = word === 'import_tasks' ? importTasksSchema.shape : includeSchema.shape;
  const words = Object.keys(value).filter((key) => key in taskSchema.shape && !(key in known));
  for (const key of words) {
    const place = context.source.placeOf([...path, key], 'key');
    const hint = key.startsWith('loop') ? 'use `include_tasks`' : 'write it in the tasks themselves';
    context.diagnostics.add({ code: 'unknown-key', message: `"${key}" does not go with ${word}`, place, hint });
  }
  return words;
}

/** Returns the variable of the loop's item, as the tasks in it see it before there is one. */
function itemOf(name: string, path: Path, { source }: ReadContext): VariableTable {
  const place = source.placeOf([...path, 'loop'], 'value');
  return new Map([[name, { value: new Later('the item of the loop'), layer: 'play', from: source.file, place }]]);
}

/** Returns the word of a task that stands for other tasks, if it has one. */
export function includeWord(value: Readonly<Record<string, unknown>>): IncludeEntry['word'] | undefined {
  return (['import_tasks', 'include_tasks', 'include_role'] as const).find((word) => word in value);
}
