import { type RawBuilder, sql } from 'kysely';
import type { RepositoryRow } from '../../store/tables.js';
import type { ImageIndex } from '../image-index.js';
import { type Viewer, visibleRepositories } from '../visible-repositories.js';
import { findRoots } from './find-roots.js';
import { foundImages } from './found-images.js';
import { type IndexQuery, isAboutNames } from './index-query.js';
import { holds, matches } from './matches.js';
import type { SearchCursor, SearchHit } from './search-hit.js';

/** Repositories at most that are looked into at once. */
const mostAtOnce = 256;

/**
 * Searches what the viewer may see. Names alone find repositories; all else finds tags, by their image or by one of those that an
 * index names. A digest finds images without a tag as well.
 */
export async function search(
  index: ImageIndex,
  viewer: Viewer,
  query: IndexQuery,
  { limit, after }: { readonly limit: number; readonly after?: SearchCursor | undefined },
): Promise<SearchHit[]> {
  const { database } = index;
  const ofImages = !isAboutNames(query);
  const roots = ofImages ? await findRoots(database, query) : undefined;
  if (roots?.length === 0) return [];
  const conditions = nameConditions(index, query);
  if (roots !== undefined) {
    const holders = database.db.selectFrom('repository_manifests').select('repository_id').where('digest', 'in', roots);
    conditions.push(sql<boolean>`repositories.id in (${holders})`);
  }
  const hits: SearchHit[] = [];
  let size = 1;
  for await (const some of visibleRepositories(database, viewer, { after, inclusive: ofImages, conditions })) {
    if (!ofImages) hits.push(...some.map(repositoryHit));
    for (let at = 0; ofImages && at < some.length && hits.length < limit; ) {
      const repositories = some.slice(at, at + size);
      const rest = limit - hits.length;
      hits.push(...(await foundImages(database, query, { repositories, roots, after, limit: rest })));
      at += size;
      size = Math.min(mostAtOnce, size * 2); // Where little matches, few questions; where much does, few rows.
    }
    if (hits.length >= limit) break;
  }
  return hits.slice(0, limit);
}

/** Returns the place of a hit. */
export function cursorOfHit({ registry, repository, tag, digest }: SearchHit): SearchCursor {
  return { name: repository, registry, key: tag ?? digest ?? '' };
}

function nameConditions({ database: { kind } }: ImageIndex, { names, pushedAfter }: IndexQuery): RawBuilder<boolean>[] {
  const name = sql.ref('repositories.name');
  const conditions = names.map((each) => (each.includes('*') ? matches(kind, name, each) : holds(kind, name, each)));
  // A repository that had no push since has no tag of then either.
  if (pushedAfter !== undefined) conditions.push(sql<boolean>`repositories.pushed_at >= ${pushedAfter}`);
  return conditions;
}

function repositoryHit({ registry, name, pushed_at: pushedAt }: RepositoryRow): SearchHit {
  const nothing = { tag: null, digest: null, mediaType: '', platform: '', bytes: 0, pushedBy: '' };
  return { kind: 'repository', registry, repository: name, pushedAt, ...nothing };
}
