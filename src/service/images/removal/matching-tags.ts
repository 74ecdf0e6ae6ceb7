import { type RawBuilder, sql } from 'kysely';
import type { z } from 'zod';
import { matcherOf, parsePattern } from '../../../registry/lists/pattern.js';
import type { removalFilter } from '../../schemas/removals.js';
import type { ImageIndex } from '../image-index.js';
import { hasPlatform, ofImage } from '../search/image-conditions.js';

/** Filter of tags, as a request gives it. */
export type RemovalFilter = z.output<typeof removalFilter>;

/** Tag that matches a filter. */
export interface MatchingTag {
  readonly name: string;
  readonly digest: string;
  readonly pushed_at: number;
  readonly pulled_at: number | null;
}

/**
 * Finds the tags of a repository that match a filter, those of the newest that are to stay left out. Tags that are about other
 * images never match: they go with these.
 */
export async function matchingTags(
  { database: { db, kind } }: ImageIndex,
  repositoryId: string,
  { tags: patterns, pushedBefore, notPulledSince, keepNewest = 0, platform }: RemovalFilter,
): Promise<MatchingTag[]> {
  const conditions: RawBuilder<unknown>[] = [
    sql`tags.repository_id = ${repositoryId}`,
    sql`not (tags.name like 'sha256-%' or tags.name like 'sha512-%')`,
    ...(pushedBefore === undefined ? [] : [sql`tags.pushed_at < ${pushedBefore}`]),
    ...(notPulledSince === undefined
      ? []
      : [sql`tags.pushed_at < ${notPulledSince} and coalesce(tags.pulled_at, 0) < ${notPulledSince}`]),
    ...(platform === undefined
      ? []
      : [ofImage(sql.ref('tags.digest'), (manifest) => hasPlatform(kind, manifest, platform))]),
  ];
  const { rows } = await sql<MatchingTag>`select name, digest, pushed_at, pulled_at from tags
    where ${sql.join(conditions, sql` and `)}`.execute(db);
  const tests = patterns?.flatMap((text) => {
    const pattern = parsePattern(text);
    return 'error' in pattern ? [] : [matcherOf(pattern)]; // The schema has refused it.
  });
  return rows
    .filter(({ name }) => tests === undefined || tests.some((matches) => matches(name)))
    .sort((a, b) => b.pushed_at - a.pushed_at || (a.name < b.name ? 1 : -1))
    .slice(keepNewest);
}
