import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../store/database.js';
import type { RepositoryRow } from '../../store/tables.js';
import type { ImageIndex } from '../image-index.js';
import { holds } from '../search/matches.js';
import { type RepositoryCursor, type Viewer, visibleRepositories } from '../visible-repositories.js';
import { orderOf, readPlace } from './sort-order.js';

/** Choice of repositories in a listing. */
export interface ListedChoice {
  readonly registry?: string | undefined;
  /** Text that the name holds. */
  readonly contains?: string | undefined;
}

/** Choice of repositories, and their order. */
export interface RepositoryListing extends ListedChoice {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** `-pushed`; default: by name. */
  readonly sort?: string | undefined;
}

/** Values by which repositories are sorted; by name where there is none. */
const values: Readonly<Record<string, (row: RepositoryRow) => number>> = {
  pushed: (row) => row.pushed_at ?? 0,
  pulled: (row) => row.pulled_at ?? 0,
  pulls: (row) => row.pull_count,
};

const columns: Readonly<Record<string, RawBuilder<unknown>>> = {
  pushed: sql`coalesce(repositories.pushed_at, 0)`,
  pulled: sql`coalesce(repositories.pulled_at, 0)`,
  pulls: sql`repositories.pull_count`,
};

/** Makes the conditions of a listing. */
export function listingConditions({ kind }: Database, { registry, contains }: ListedChoice): RawBuilder<boolean>[] {
  return [
    ...(registry === undefined ? [] : [sql<boolean>`repositories.registry = ${registry}`]),
    ...(contains === undefined ? [] : [holds(kind, sql.ref('repositories.name'), contains)]),
  ];
}

/** Lists the repositories that the viewer may see, those behind `after`. @throws Problem for a wrong `after` */
export async function listRepositories(
  { database }: ImageIndex,
  viewer: Viewer,
  { limit, after, sort = 'name', ...choice }: RepositoryListing,
): Promise<RepositoryRow[]> {
  const conditions = listingConditions(database, choice);
  const word = sort.replace('-', '');
  const order = { value: columns[word], numberOf: values[word], isDescending: sort.startsWith('-') };
  // The order of a place alone: its columns are those of the query.
  const place = orderOf({ ...order, isNumber: true, rest: [sql`name`, sql`registry`] });
  const found: RepositoryRow[] = [];
  const last = after === undefined ? undefined : readPlace(after, place);
  for await (const some of visibleRepositories(database, viewer, { last, order, conditions })) {
    found.push(...some);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/** Returns the place of a repository in the order of listings by name, as a text. */
export function cursorOf({ name, registry }: RepositoryCursor): string {
  return `${name} ${registry}`;
}

/** Reads what {@link cursorOf} writes. */
export function placeOfCursor(text: string): RepositoryCursor {
  const [name = '', registry = ''] = text.split(' ');
  return { name, registry };
}

/** Returns the place of a repository in an order, as a text. */
export function placeOfRepository(row: RepositoryRow, sort: string): string {
  const numberOf = values[sort.replace('-', '')];
  return numberOf === undefined ? cursorOf(row) : `${numberOf(row)} ${cursorOf(row)}`;
}

/** Counts the tags of repositories, by their identifiers. */
export async function countTagsOf(
  { database: { db } }: ImageIndex,
  repositories: readonly RepositoryRow[],
): Promise<ReadonlyMap<string, number>> {
  if (repositories.length === 0) return new Map();
  const rows = await db
    .selectFrom('tags')
    .select(['repository_id', ({ fn }) => fn.countAll<number>().as('count')])
    .where(
      'repository_id',
      'in',
      repositories.map(({ id }) => id),
    )
    .groupBy('repository_id')
    .execute();
  return new Map(rows.map(({ repository_id: id, count }) => [id, Number(count)]));
}
