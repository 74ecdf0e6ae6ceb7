import type { z } from 'zod';
import type { Explanation } from './explanation.js';

/** Kinds of maps in a site that have words: a play, an entry of `roles`, a task and what stands for tasks. */
export type WordPlace =
  | 'play'
  | 'role'
  | 'task'
  | 'handler'
  | 'block'
  | 'import_role'
  | 'import_tasks'
  | 'include_tasks'
  | 'include_role'
  | 'meta';

/** Every place whose words are handed down to tasks. */
export const everywhere = [
  'play',
  'role',
  'task',
  'handler',
  'block',
  'import_role',
  'import_tasks',
  'include_tasks',
  'include_role',
] as const satisfies readonly WordPlace[];

/** A word of a site: where it may stand, what its value may be, and what it means to people who know Ansible. */
export interface Word extends Omit<Explanation, 'at'> {
  readonly at: readonly WordPlace[];
  /** Other places to name in its explanation, where it has another schema. */
  readonly alsoAt?: readonly string[];
  /** Schema of its value. Every word may be left out, but for those that {@link schemas} demand. */
  readonly schema: z.ZodType;
  /** A value alone stands for a list of it, and nothing for an empty one. */
  readonly isList?: true;
}

export type WordTable = Readonly<Record<string, Word>>;

/** Words of a table that may stand in one place, as the shape of a schema. */
export type ShapeAt<Table extends WordTable, Place extends WordPlace> = {
  [Name in keyof Table as Place extends Table[Name]['at'][number] ? Name : never]: z.ZodOptional<Table[Name]['schema']>;
};

/** Returns the shape of the words that may stand in a place. */
export function shapeAt<const Table extends WordTable, Place extends WordPlace>(
  table: Table,
  place: Place,
): ShapeAt<Table, Place> {
  const words = Object.entries(table).filter(([, { at }]) => at.includes(place));
  const shape: unknown[][] = words.map(([name, { schema }]) => [name, schema.optional()]);
  return Object.fromEntries(shape);
}

/** Returns what `provision explain` says of each word. A handler takes all that a task takes. */
export function explanationsIn(table: WordTable): Readonly<Record<string, Explanation>> {
  const words = Object.entries(table).map(([name, { at, alsoAt = [], means, ansible, example }]) => {
    const places = at.filter((place) => place !== 'meta' && (place !== 'handler' || !at.includes('task')));
    const explanation: Explanation = {
      at: [...places, ...alsoAt],
      means,
      ...(ansible !== undefined && { ansible }),
      ...(example !== undefined && { example }),
    };
    return [name, explanation] as const;
  });
  return Object.fromEntries(words);
}
