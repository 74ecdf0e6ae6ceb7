import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../store/database.js';
import type { RepositoryRow } from '../store/tables.js';
import { isVisible, type RepositoryCursor, type Viewer, visibleRepositories } from './visible-repositories.js';

/** Place of a repository in the order of stars: many first, then by name. */
export interface StarCursor extends RepositoryCursor {
  readonly stars: number;
}

/** Repository with its stars. */
export type RankedRepository = RepositoryRow & { readonly stars: number };

const chunk = 500;

/**
 * Lists the repositories that the viewer may see, those with most stars first. Those with stars are few, and are sorted; all others
 * come in the order that the index has.
 */
export async function listByStars(
  database: Database,
  viewer: Viewer,
  {
    limit,
    after,
    conditions,
  }: {
    readonly limit: number;
    readonly after?: StarCursor | undefined;
    readonly conditions: readonly RawBuilder<boolean>[];
  },
): Promise<RankedRepository[]> {
  const found: RankedRepository[] = [];
  for (let last = after; found.length < limit && (last === undefined || last.stars > 0); ) {
    const some = await starred(database, last, conditions);
    found.push(...some.filter((row) => isVisible(viewer, row)));
    last = some.at(-1);
    if (some.length < chunk) break;
  }
  if (found.length >= limit) return found.slice(0, limit);
  const from = after?.stars === 0 ? after : undefined;
  const others = [
    ...conditions,
    sql<boolean>`not exists (select 1 from stars where stars.repository_id = repositories.id)`,
  ];
  for await (const some of visibleRepositories(database, viewer, { after: from, conditions: others })) {
    found.push(...some.map((row) => ({ ...row, stars: 0 })));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

async function starred(
  { db, kind }: Database,
  after: StarCursor | undefined,
  conditions: readonly RawBuilder<boolean>[],
): Promise<RankedRepository[]> {
  const bytewise = sql.raw(kind === 'postgres' ? ' collate "C"' : '');
  const name = sql<string>`repositories.name${bytewise}`;
  const registry = sql<string>`repositories.registry${bytewise}`;
  let rows = db
    .selectFrom('repositories')
    .innerJoin(
      (from) =>
        from
          .selectFrom('stars')
          .select(({ fn }) => ['stars.repository_id', fn.countAll<number>().as('stars')])
          .groupBy('stars.repository_id')
          .as('given'),
      (join) => join.onRef('given.repository_id', '=', 'repositories.id'),
    )
    .selectAll('repositories')
    .select('given.stars')
    .where(
      sql<boolean>`exists (select 1 from repository_manifests where repository_manifests.repository_id = repositories.id)`,
    )
    .orderBy('given.stars', 'desc')
    .orderBy(name)
    .orderBy(registry)
    .limit(chunk);
  if (after !== undefined) {
    rows = rows.where(
      sql<boolean>`(given.stars < ${after.stars} or (given.stars = ${after.stars} and (${name}, ${registry}) > (${after.name}, ${after.registry})))`,
    );
  }
  for (const condition of conditions) rows = rows.where(condition);
  return (await rows.execute()).map((row) => ({ ...row, stars: Number(row.stars) }));
}
