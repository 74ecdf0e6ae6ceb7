import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../store/database.js';
import { isLabel } from './image-conditions.js';
import type { IndexQuery } from './index-query.js';
import { beginsWith, isPlatform } from './matches.js';

/** Images of a term beyond which it does not say much: the others, and the repositories in their order, lead the search. */
const most = 2000;

/**
 * Finds the images that a term of a search is about, and the indexes that name them: of the first term that is about few.
 * @returns undefined: each is about many
 */
export async function findRoots(database: Database, query: IndexQuery): Promise<string[] | undefined> {
  for (const candidates of candidatesOf(database, query)) {
    const found = new Set<string>();
    for (const each of candidates) {
      if (found.size > most) break;
      const { rows } = await sql<{ digest: string }>`${each} limit ${sql.lit(most + 1)}`.execute(database.db);
      for (const { digest } of rows) found.add(digest);
    }
    if (found.size === 0) return [];
    const roots = found.size > most ? undefined : await withIndexes(database, found);
    if (roots !== undefined) return roots;
  }
  return undefined;
}

/** Makes the queries of each term that say which manifests are meant. */
function candidatesOf(
  { kind }: Database,
  { digests, labels, platforms }: IndexQuery,
): (readonly RawBuilder<unknown>[])[] {
  const digest = sql.ref('digest');
  return [
    ...digests.map((start) => [
      sql`select distinct digest from repository_manifests where ${beginsWith(digest, start)}`,
      sql`select distinct manifest as digest from manifest_parts where ${beginsWith(digest, start)}`,
    ]),
    ...labels.map((term) => [sql`select manifest as digest from manifest_labels as l where ${isLabel(kind, term)}`]),
    ...platforms.map((term) => [
      sql`select digest from manifests where ${isPlatform(kind, sql.ref('platform'), term)}`,
    ]),
  ];
}

/** Adds the indexes that name images; undefined: there are too many. */
async function withIndexes({ db }: Database, found: ReadonlySet<string>): Promise<string[] | undefined> {
  const digests = [...found];
  const rows = await db
    .selectFrom('manifest_parts')
    .select('manifest')
    .distinct()
    .where('digest', 'in', digests)
    .where('kind', '=', 'manifest')
    .limit(most + 1)
    .execute();
  const all = new Set([...digests, ...rows.map(({ manifest }) => manifest)]);
  return rows.length > most ? undefined : [...all];
}
