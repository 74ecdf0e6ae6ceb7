import { z } from 'zod';
import { schemasWithin } from './schema-parts.js';

/**
 * Marks a variable of a role as the path of a file of the controller, in the site's folder or its `files/`. That it is
 * there is checked before any host is contacted.
 *
 * @example vars: z.object({ motd_file: controllerFile(z.string()).optional().describe('Text of the motd') })
 */
export function controllerFile<Schema extends z.ZodType>(schema: Schema): Schema {
  const marked = schema.clone();
  z.globalRegistry.add(marked, { ...z.globalRegistry.get(schema), controllerFile: true });
  return marked;
}

/** Path of a file of the controller, and its place within a value. */
export interface NamedFile {
  readonly at: readonly (string | number)[];
  readonly path: string;
}

/** Returns the files of the controller that a value names by its schema. */
export function controllerFilesIn(schema: z.core.$ZodType, value: unknown): readonly NamedFile[] {
  if (value === undefined || value === null) return [];
  if (z.globalRegistry.get(schema)?.controllerFile === true)
    return typeof value === 'string' ? [{ at: [], path: value }] : [];
  return schemasWithin(schema).flatMap(({ inner, of }) =>
    of(value).flatMap(([within, part]) =>
      controllerFilesIn(inner, part).map(({ at, path }) => ({ at: [...within, ...at], path })),
    ),
  );
}

declare module 'zod' {
  interface GlobalMeta {
    /** Path of a file of the controller. */
    controllerFile?: boolean;
  }
}
