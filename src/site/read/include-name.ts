import type { VariableTable } from '../../vars/variables.js';
import type { IncludeEntry, Path } from '../blueprint/blueprint.js';
import { handlersFileSchema, includeRoleSchema, tasksFileSchema } from '../words/schemas.js';
import { type Reading, readWords, tableOf } from './reading.js';
import { readTasksFile, type TasksFile } from './tasks-file.js';

/** Which file or role an include names, and what it gives a role. */
export interface Named {
  readonly what: string;
  readonly whatAt: Path;
  readonly vars: VariableTable;
  readonly tables: readonly { readonly values: Readonly<Record<string, unknown>>; readonly path: Path }[];
}

/** What stands under the word: a name, or a map with it. */
export function readName(value: unknown, word: IncludeEntry['word'], path: Path, reading: Reading): Named | undefined {
  if (typeof value === 'string') return { what: value, whatAt: path, vars: new Map(), tables: [] };
  if (word !== 'include_role') {
    const body = readWords(tasksFileSchema, value, path, reading);
    return body && { what: body.file, whatAt: [...path, 'file'], vars: new Map(), tables: [] };
  }
  const body = readWords(includeRoleSchema, value, path, reading);
  if (body === undefined) return undefined;
  const at = [...path, 'vars'];
  const values = body.vars ?? {};
  return {
    what: body.name,
    whatAt: [...path, 'name'],
    vars: tableOf(values, reading.source, at),
    tables: [{ values, path: at }],
  };
}

/** Reads the file of handlers that stands for one; undefined where a handler stands there itself. */
export function readHandlersFile(
  value: Readonly<Record<string, unknown>>,
  path: Path,
  reading: Reading,
): TasksFile | 'wrong' | undefined {
  const word = (['import_tasks', 'include_tasks'] as const).find((each) => each in value);
  if (word === undefined) return undefined;
  const task = readWords(handlersFileSchema, value, path, reading, [word]);
  const named = readName(value[word], word, [...path, word], reading);
  if (task === undefined || named === undefined) return 'wrong';
  return readTasksFile(named.what, named.whatAt, reading) ?? 'wrong';
}
