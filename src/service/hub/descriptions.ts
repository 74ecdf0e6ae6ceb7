import { sql } from 'kysely';
import type { Database } from '../store/database.js';
import type { RepositoryRow } from '../store/tables.js';

/** Label and annotation by which images say what they are (image-spec, "Pre-Defined Annotation Keys"). */
const label = 'org.opencontainers.image.description';
/** Newest manifests of a repository that are looked at. */
const mostLookedAt = 20;

/** Description of a repository, and where it comes from; null: there is none. */
export interface Description {
  readonly text: string;
  readonly from: 'repository' | 'image' | null;
}

/** Returns the descriptions of repositories by their identifiers: their own, or that of their newest image that has one. */
export async function descriptionsOf(
  { db }: Database,
  repositories: readonly Pick<RepositoryRow, 'id' | 'description'>[],
): Promise<ReadonlyMap<string, Description>> {
  const found = new Map<string, Description>(
    repositories.map(({ id, description: text }) => [id, { text, from: text === '' ? null : 'repository' }]),
  );
  const without = repositories.filter(({ description }) => description === '').map(({ id }) => id);
  if (without.length === 0) return found;
  const rows = await db
    .selectFrom('repositories')
    .select([
      'id',
      sql<string | null>`(select l.value
        from (select m.digest, m.pushed_at from repository_manifests as m where m.repository_id = repositories.id
          order by m.pushed_at desc limit ${sql.lit(mostLookedAt)}) as newest
        join manifest_labels as l on l.manifest = newest.digest and l.name = ${sql.lit(label)}
        order by newest.pushed_at desc limit 1)`.as('value'),
    ])
    .where('id', 'in', without)
    .execute();
  for (const { id, value } of rows) {
    const text = value === null ? '' : onOneLine(value);
    if (text !== '') found.set(id, { text, from: 'image' });
  }
  return found;
}

/** Returns the beginnings of the descriptions of repositories that a search found, in the order of the places. */
export async function shortDescriptions(
  database: Database,
  places: readonly { readonly registry: string; readonly repository: string }[],
): Promise<string[]> {
  if (places.length === 0) return [];
  const names = [...new Set(places.map(({ repository }) => repository))];
  const rows = await database.db
    .selectFrom('repositories')
    .select(['id', 'registry', 'name', 'description'])
    .where('name', 'in', names)
    .execute();
  const found = await descriptionsOf(database, rows);
  const idOf = new Map(rows.map(({ id, registry, name }) => [`${name} ${registry}`, id]));
  return places.map(({ registry, repository }) => {
    const id = idOf.get(`${repository} ${registry}`) ?? '';
    return shortDescription(found.get(id)?.text ?? '');
  });
}

/** Returns the beginning of a description, as lists of what was found have room for. */
function shortDescription(text: string): string {
  const signs = [...text];
  return signs.length <= 100 ? text : `${signs.slice(0, 99).join('')}…`;
}

/** Sets the description of a repository; empty: it has none of its own. */
export async function setDescription({ db }: Database, repositoryId: string, description: string): Promise<void> {
  await db.updateTable('repositories').set({ description }).where('id', '=', repositoryId).execute();
}

/** Returns a text of an image without line ends and control characters. */
function onOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim();
}
