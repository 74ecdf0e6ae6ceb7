import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { readTextFile } from '../../diagnostics/read-text.js';
import { entriesBelow } from '../../files/entries-below.js';
import { isMap } from '../../vars/template/template-value.js';
import type { VariableTable } from '../../vars/variables.js';
import { entriesWithin, type PlayBlueprint, type PlayEntry } from '../blueprint/blueprint.js';
import type { Site } from '../blueprint/site.js';

/**
 * Returns every word in the texts of a site: values of tasks and plays, templates, variables, defaults of roles. A
 * variable whose name is not among them is used by nothing. Undefined where that cannot be known: a file of tasks or a
 * template whose name depends on the host.
 */
export function wordsInUse(
  plays: readonly PlayBlueprint[],
  tables: Iterable<VariableTable>,
  site: Site,
): ReadonlySet<string> | undefined {
  const words = new Words();
  const entries = plays.flatMap(({ sections, handlers }) => entriesWithin([...sections.flat(), ...handlers]));
  for (const entry of entries) {
    if (entry.kind === 'include' && entry.what.includes('{{')) return undefined;
    words.addValue(entry.source.value);
    if (entry.kind === 'role') words.addValue(defaultsOf(entry));
    for (const src of templatesOf(entry)) {
      if (src.includes('{{')) return undefined;
      words.addFile(() => site.files.template(src));
    }
  }
  for (const { source } of plays) words.addValue(source.value);
  for (const table of [...tables, site.extraVars]) for (const { value } of table.values()) words.addValue(value);
  words.addFolder(join(site.folder, 'templates'));
  return words.all;
}

/** Returns the defaults of a role's variables by name: a schema with refinements can't be parsed in part. */
function defaultsOf({ role }: Extract<PlayEntry, { kind: 'role' }>): unknown {
  const schemas: [string, z.ZodType][] = Object.entries(role.vars.shape);
  return Object.fromEntries(schemas.map(([name, schema]) => [name, schema.safeParse(undefined).data]));
}

function templatesOf(entry: PlayEntry): readonly string[] {
  if (entry.kind !== 'task' || !isMap(entry.params)) return [];
  const { params, resource } = entry;
  const names = Object.entries(resource.sources ?? {}).flatMap(([name, as]) => (as === 'template' ? [name] : []));
  return names.map((name) => params[name]).filter((src) => typeof src === 'string');
}

/** Files and folders below a folder of templates that are looked at, at most. */
const mostEntries = 2000;

class Words {
  readonly all = new Set<string>();
  readonly #seen = new Set<unknown>();

  addValue(value: unknown): void {
    if (typeof value === 'string') this.#addText(value);
    else if (typeof value === 'object' && value !== null && !this.#seen.has(value)) {
      this.#seen.add(value);
      for (const [key, part] of Object.entries(value)) {
        if (key.includes('{{')) this.#addText(key);
        this.addValue(part);
      }
    }
  }

  /** Adds the words of a file that can be read; one that cannot has been reported. */
  addFile(find: () => string): void {
    try {
      this.#addText(readTextFile(find()));
    } catch {
      return;
    }
  }

  addFolder(folder: string): void {
    try {
      let left = mostEntries;
      for (const { parentPath, name } of entriesBelow(folder)) {
        left -= 1;
        if (left < 0) return;
        const path = join(parentPath, name);
        if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) this.addFile(() => path);
      }
    } catch {
      return;
    }
  }

  #addText(text: string): void {
    for (const [word] of text.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) this.all.add(word);
  }
}
