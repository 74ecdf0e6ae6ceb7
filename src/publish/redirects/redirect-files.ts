import { type Dirent, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { readTextFile } from '../../diagnostics/read-text.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { entriesBelow } from '../../files/entries-below.js';
import { RegistryError } from '../../registry/registry-error.js';
import { readRedirect } from './read-redirect.js';
import { type PlacedRedirect, tablesOf } from './redirect-tables.js';

/** Redirect files of a folder, in the order of their paths, and what is wrong with it. */
export interface RedirectFiles {
  /** Files with their paths below the folder: `acme/web.json`. */
  readonly files: readonly PlacedRedirect[];
  readonly errors: readonly Diagnostic[];
}

/** Bytes of a file at most, as `provision publish serve` reads it. */
const largest = 32 << 20;

/**
 * Reads the redirect files of a folder that are to be served elsewhere, before they are brought there: each `*.json` anywhere
 * below it. A link to a folder, a file that is none, and two files of one repository are errors.
 */
export function readRedirectFiles(folder: string): RedirectFiles {
  const errors: Diagnostic[] = [];
  const add = (message: string, hint: string) => errors.push({ code: 'wrong-value', message, hint });
  const unreadable = (error: unknown) =>
    errors.push({ code: 'unreadable-file', message: `${folder}: ${reasonOf(error)}` });
  let entries: readonly Dirent[];
  try {
    entries = [...entriesBelow(folder)];
  } catch (error) {
    unreadable(error);
    return { files: [], errors };
  }
  const files: PlacedRedirect[] = [];
  for (const [path, entry] of entries
    .map((each) => [relative(folder, join(each.parentPath, each.name)), each] as const)
    .sort(byPath)) {
    const full = join(folder, path);
    try {
      if (entry.isSymbolicLink() && statSync(full).isDirectory())
        add(`${full} is a link to a folder, which is not followed`, 'copy the folder here');
      if (!path.endsWith('.json') || !statSync(full).isFile()) continue;
      files.push({ path, redirect: readRedirect(readTextFile(full, { most: largest }), full) });
    } catch (error) {
      if (error instanceof RegistryError) add(error.message, error.hint ?? '');
      else errors.push({ code: 'unreadable-file', message: `${full}: ${reasonOf(error)}` });
    }
  }
  tablesOf(files, (first, second) =>
    add(
      `${join(folder, second.path)}: ${first.path} has the repository ${first.redirect.name} too`,
      'remove one of them: only the first would be served',
    ),
  );
  return { files, errors };
}

function byPath([one]: readonly [string, Dirent], [other]: readonly [string, Dirent]): number {
  return one < other ? -1 : 1;
}
