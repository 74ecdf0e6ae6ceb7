import { nearest } from '../../diagnostics/nearest.js';
import type { PlayListing } from '../../site/load.js';

const special = ['all', 'tagged', 'untagged', 'always', 'never'];

/**
 * Returns a warning for each tag of the command line that no listed task has. It is no error: tasks that are known only
 * when they are reached may have it.
 */
export function unknownTags(tags: readonly string[], plays: readonly PlayListing[]): string[] {
  const known = new Set(plays.flatMap((play) => [...play.tags, ...play.tasks.flatMap((task) => task.tags)]));
  return tags
    .filter((tag) => !known.has(tag) && !special.includes(tag))
    .map((tag) => {
      const near = nearest(tag, [...known, ...special]);
      return `no task has the tag "${tag}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
    });
}
