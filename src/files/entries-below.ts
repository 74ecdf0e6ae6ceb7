import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Finds all that is below a folder, each folder before what is in it. Links are not followed: `recursive` of Node's own follows
 * those to folders from Node 22 on, without end where they lead to each other, and before that in some of its forms.
 * @throws Error of the system where a folder cannot be read
 */
export function* entriesBelow(folder: string): Generator<Dirent> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    yield entry;
    if (entry.isDirectory()) yield* entriesBelow(join(folder, entry.name));
  }
}
