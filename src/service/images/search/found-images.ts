import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../store/database.js';
import type { RepositoryRow } from '../../store/tables.js';
import { hasLabel, hasPlatform, isContent, isInIndexOf, ofImage } from './image-conditions.js';
import type { IndexQuery } from './index-query.js';
import { matches } from './matches.js';
import type { SearchCursor, SearchHit } from './search-hit.js';

/** Extent of one look. */
interface Extent {
  /** In the order of hits. */
  readonly repositories: readonly RepositoryRow[];
  /** Images that alone can match; undefined: any. */
  readonly roots: readonly string[] | undefined;
  readonly after: SearchCursor | undefined;
  readonly limit: number;
}

interface FoundRow {
  readonly repository_id: string;
  readonly tag: string | null;
  readonly digest: string;
  readonly pushed_at: number;
  readonly pushed_by: string;
  readonly media_type: string | null;
  readonly platform: string | null;
  readonly whole_size: number | null;
}

/** Finds what matches in some repositories, in their order. */
export async function foundImages({ db, kind }: Database, query: IndexQuery, extent: Extent): Promise<SearchHit[]> {
  const { repositories, roots, after, limit } = extent;
  const { table, repository, digest, key, pushedAt, pushedBy } = sourceOf(query);
  const tag = sql.ref('t.name');
  const conditions: RawBuilder<unknown>[] = [
    sql`${repository} in (${sql.join(repositories.map(({ id }) => id))})`,
    ...(roots === undefined ? [] : [sql`${digest} in (${sql.join(roots)})`]),
    ...query.tags.map((pattern) => matches(kind, tag, pattern)),
    ...query.digests.map((start) => ofImage(digest, (manifest) => isContent(manifest, start))),
    ...query.labels.map((term) => ofImage(digest, (manifest) => hasLabel(kind, manifest, term))),
    ...query.platforms.map((term) => ofImage(digest, (manifest) => hasPlatform(kind, manifest, term))),
    ...(query.pushedAfter === undefined ? [] : [sql`${pushedAt} >= ${query.pushedAfter}`]),
    ...(query.pushedBefore === undefined ? [] : [sql`${pushedAt} < ${query.pushedBefore}`]),
  ];
  if (mayBeUntagged(query)) conditions.push(sql`(t.name is not null or not ${isInIndexOf(repository, digest)})`);
  const bytewise = sql.raw(kind === 'postgres' ? ' collate "C"' : '');
  const begun = repositories.find(({ name, registry }) => name === after?.name && registry === after.registry);
  if (begun !== undefined && after !== undefined) {
    conditions.push(sql`(${repository} <> ${begun.id} or ${key}${bytewise} > ${after.key})`);
  }
  const places = repositories.map(({ id }, at) => sql`when ${id} then ${sql.lit(at)}`);
  // In one repository tags are in order already.
  const place = repositories.length === 1 ? sql`` : sql`case ${repository} ${sql.join(places, sql` `)} end, `;
  const { rows } = await sql<FoundRow>`
    select ${repository} as repository_id, t.name as tag, ${digest} as digest, ${pushedAt} as pushed_at,
      ${pushedBy} as pushed_by, m.media_type, m.platform, m.whole_size
    from ${table} left join manifests as m on m.digest = ${digest}
    where ${sql.join(conditions, sql` and `)}
    order by ${place}${key}${bytewise} limit ${sql.lit(limit)}`.execute(db);
  const byId = new Map(repositories.map((each) => [each.id, each]));
  return rows.flatMap((row) => {
    const found = byId.get(row.repository_id);
    return found === undefined ? [] : [hitOf(found, row)];
  });
}

/** Returns true for a search that finds images without a tag: it names a digest, and no tag. */
function mayBeUntagged({ digests, tags }: IndexQuery): boolean {
  return digests.length > 0 && tags.length === 0;
}

function sourceOf(query: IndexQuery) {
  if (!mayBeUntagged(query)) {
    return {
      table: sql`tags as t`,
      repository: sql.ref('t.repository_id'),
      digest: sql.ref('t.digest'),
      key: sql.ref('t.name'),
      pushedAt: sql.ref('t.pushed_at'),
      pushedBy: sql.ref('t.pushed_by'),
    };
  }
  return {
    table: sql`repository_manifests as r left join tags as t on t.repository_id = r.repository_id and t.digest = r.digest`,
    repository: sql.ref('r.repository_id'),
    digest: sql.ref('r.digest'),
    key: sql`coalesce(t.name, r.digest)`,
    pushedAt: sql`coalesce(t.pushed_at, r.pushed_at)`,
    pushedBy: sql`coalesce(t.pushed_by, r.pushed_by)`,
  };
}

function hitOf({ registry, name }: RepositoryRow, row: FoundRow): SearchHit {
  return {
    kind: row.tag === null ? 'image' : 'tag',
    registry,
    repository: name,
    tag: row.tag,
    digest: row.digest,
    mediaType: row.media_type ?? '',
    platform: row.platform ?? '',
    bytes: row.whole_size ?? 0,
    pushedAt: row.pushed_at,
    pushedBy: row.pushed_by,
  };
}
