import { z } from 'zod';
import { inheritedWords } from './inherited-words.js';
import { outcomeWords } from './outcome-words.js';
import { playWords } from './play-words.js';
import { taskWords } from './task-words.js';
import { fixed, fixedName, text, variables } from './value-schemas.js';
import { shapeAt, type WordTable } from './word.js';

/*
 * Schemas of the maps in a site, without what depends on which resources and roles there are: that is checked by
 * read-*.ts.
 */

const words = { ...taskWords, ...inheritedWords, ...outcomeWords };

export const taskSchema = z.strictObject(shapeAt(words, 'task'));

/** Words of one task. */
export type TaskWords = z.output<typeof taskSchema>;

/** A task that others notify. */
export const handlerSchema = z.strictObject(shapeAt(words, 'handler'));

/** A task that is the tasks of a role. */
export const importedRoleSchema = z.strictObject(shapeAt(words, 'import_role'));

/** A task that is the tasks of a file: `import_tasks`. */
export const importTasksSchema = z.strictObject(shapeAt(words, 'import_tasks'));

/** A task that is the tasks of a file or a role, perhaps for each item of a loop: `include_tasks`, `include_role`. */
export const includeSchema = z.strictObject(shapeAt(words, 'include_tasks'));

/** Tasks that belong together. */
export const blockSchema = z.strictObject({ ...shapeAt(words, 'block'), block: words.block.schema });

/** A task that tells the run something. */
export const metaSchema = z.strictObject({ ...shapeAt(words, 'meta'), meta: z.string() });

/** Words beside `import_tasks` among handlers. */
export const handlersFileSchema = z.strictObject({ name: text.optional() });

/** Value of `import_tasks:` and `include_tasks:`, where it isn't the name of the file alone. */
export const tasksFileSchema = z.strictObject({ file: z.string() });

/** Value of `include_role:`, where it isn't the name alone. */
export const includeRoleSchema = z.strictObject({ name: z.string(), vars: variables.optional() });

/** Value of `import_role:`, where it isn't the name alone. */
export const importRoleSchema = z.strictObject({ name: fixed, vars: variables.optional() });

/** An entry of `roles:` that isn't a name alone; `name:` means the same as `role:`. */
export const roleEntrySchema = z.strictObject({
  role: fixed.optional(),
  name: fixed.optional(),
  ...shapeAt(words, 'role'),
});

const play = { ...playWords, ...taskWords, ...inheritedWords };

export const playSchema = z.strictObject({
  name: fixedName.optional(),
  ...shapeAt(play, 'play'),
  hosts: playWords.hosts.schema,
});
export type PlayWords = z.output<typeof playSchema>;

const lists: WordTable = { ...play, ...words };

/** Returns a list of one for what is written alone; nothing at all is an empty list. */
export function asWritten(key: string, value: unknown): unknown {
  const isList = Object.hasOwn(lists, key) && lists[key]?.isList === true;
  if (!isList || Array.isArray(value)) return value;
  return value === null ? [] : [value];
}

/** Returns a hint for a word that stands where it means nothing; nothing for what is no word, or one of most places. */
export function placeOfWord(key: string): string | undefined {
  if (Object.hasOwn(playWords, key)) return 'write it in the play';
  if (!Object.hasOwn(words, key)) return undefined;
  if (key === 'block') return 'it is a word of tasks';
  if (Object.hasOwn(blockSchema.shape, key))
    return Object.hasOwn(taskSchema.shape, key) ? undefined : 'it is a word of `block`';
  return Object.hasOwn(taskSchema.shape, key) ? 'it is a word of tasks' : 'it is a word of handlers';
}
