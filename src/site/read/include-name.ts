import type { VariableTable } from '../../vars/variables.js';
import type { IncludeEntry, Path } from '../blueprint/blueprint.js';
import { handlersFileSchema, includeRoleSchema, tasksFileSchema } from '../words/schemas.js';
import { type ReadContext, readWords, siteVariables } from './read-context.js';
import { readTasksFile, type TasksFile } from './tasks-file.js';

/** Name of the file or role of an include, and the variables that it gives a role. */
export interface IncludeTarget {
  readonly what: string;
  readonly whatAt: Path;
  readonly vars: VariableTable;
  readonly tables: readonly { readonly values: Readonly<Record<string, unknown>>; readonly path: Path }[];
}

/** Reads the value of the word: a name, or a map with it. */
export function readName(
  value: unknown,
  word: IncludeEntry['word'],
  path: Path,
  context: ReadContext,
): IncludeTarget | undefined {
  if (typeof value === 'string') return { what: value, whatAt: path, vars: new Map(), tables: [] };
  if (word !== 'include_role') {
    const body = readWords(tasksFileSchema, value, path, context);
    return body && { what: body.file, whatAt: [...path, 'file'], vars: new Map(), tables: [] };
  }
  const body = readWords(includeRoleSchema, value, path, context);
  if (body === undefined) return undefined;
  const at = [...path, 'vars'];
  const values = body.vars ?? {};
  return {
    what: body.name,
    whatAt: [...path, 'name'],
    vars: siteVariables(values, context.source, at),
    tables: [{ values, path: at }],
  };
}

/** Reads the file of handlers that stands for one; undefined where a handler stands there itself. */
export function readHandlersFile(
  value: Readonly<Record<string, unknown>>,
  path: Path,
  context: ReadContext,
): TasksFile | 'wrong' | undefined {
  const word = (['import_tasks', 'include_tasks'] as const).find((each) => each in value);
  if (word === undefined) return undefined;
  const task = readWords(handlersFileSchema, value, path, context, [word]);
  const named = readName(value[word], word, [...path, word], context);
  if (task === undefined || named === undefined) return 'wrong';
  return readTasksFile(named.what, named.whatAt, context) ?? 'wrong';
}
