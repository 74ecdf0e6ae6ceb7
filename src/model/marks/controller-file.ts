import { z } from 'zod';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { schemasWithin } from './schema-parts.js';

/** Check of a file of the controller: returns what is wrong with it. An error without a place has that of the variable. */
export type ControllerFileCheck = (path: string) => readonly Diagnostic[];

/**
 * Marks a variable of a role as the path of a file of the controller, in the site's folder or its `files/`. That it is
 * there is checked before any host is contacted, and so is what it holds, where a check is given.
 *
 * @example vars: z.object({ motd_file: controllerFile(z.string()).optional().describe('Text of the motd') })
 */
export function controllerFile<Schema extends z.ZodType>(schema: Schema, check?: ControllerFileCheck): Schema {
  const marked = schema.clone();
  const checked = check === undefined ? {} : { checkControllerFile: check };
  z.globalRegistry.add(marked, { ...z.globalRegistry.get(schema), controllerFile: true, ...checked });
  return marked;
}

/** Path of a file of the controller, its place within a value, and its check. */
export interface NamedFile {
  readonly at: readonly (string | number)[];
  readonly path: string;
  readonly check?: ControllerFileCheck | undefined;
}

/** Returns the files of the controller that a value names by its schema. */
export function controllerFilesIn(schema: z.core.$ZodType, value: unknown): readonly NamedFile[] {
  if (value === undefined || value === null) return [];
  const marks = z.globalRegistry.get(schema);
  if (marks?.controllerFile === true)
    return typeof value === 'string' ? [{ at: [], path: value, check: marks.checkControllerFile }] : [];
  return schemasWithin(schema).flatMap(({ inner, of }) =>
    of(value).flatMap(([within, part]) =>
      controllerFilesIn(inner, part).map(({ at, ...file }) => ({ at: [...within, ...at], ...file })),
    ),
  );
}

declare module 'zod' {
  interface GlobalMeta {
    /** Path of a file of the controller. */
    controllerFile?: boolean;
    /** Check of that file. */
    checkControllerFile?: ControllerFileCheck;
  }
}
