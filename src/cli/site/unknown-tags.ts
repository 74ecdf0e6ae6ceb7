import { nearest } from '../../diagnostics/nearest.js';
import type { PlayListing } from '../../site/load.js';

const special = ['all', 'tagged', 'untagged', 'always', 'never'];

/**
 * A sentence for each tag of the command line that no task listed has. Warnings, not mistakes: tasks that are known
 * only when they are reached may still have it.
 */
export function unknownTags(asked: readonly string[], plays: readonly PlayListing[]): string[] {
  const known = new Set(plays.flatMap((play) => [...play.tags, ...play.tasks.flatMap((task) => task.tags)]));
  return asked
    .filter((tag) => !known.has(tag) && !special.includes(tag))
    .map((tag) => {
      const near = nearest(tag, [...known, ...special]);
      return `no task has the tag "${tag}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
    });
}
