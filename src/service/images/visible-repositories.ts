import { type RawBuilder, sql } from 'kysely';
import { may, type SubjectRights, type Visibilities } from '../access/rights/decide.js';
import type { Database } from '../store/database.js';
import type { RepositoryRow } from '../store/tables.js';
import { orderOf } from './lists/sort-order.js';

/** Sender of a listing: repositories that it may not see are not there. */
export interface Viewer {
  readonly subject: SubjectRights;
  readonly visibilities: Visibilities;
}

/** Place of a repository in the order of listings: by name, then by registry. */
export type RepositoryCursor = Pick<RepositoryRow, 'name' | 'registry'>;

/** Order of repositories: by a value, and where it is the same by name. */
export interface RepositoryOrder {
  /** Undefined: by name alone. */
  readonly value: RawBuilder<unknown> | undefined;
  readonly numberOf: ((row: RepositoryRow) => number) | undefined;
  readonly isDescending: boolean;
}

/** Choice of repositories. */
export interface RepositoryChoice {
  /** Place by name, whatever the order is. */
  readonly after?: RepositoryCursor | undefined;
  /** Place in the order: its value, where it has one, the name and the registry. */
  readonly last?: readonly (string | number)[] | undefined;
  /** Default: by name. */
  readonly order?: RepositoryOrder | undefined;
  /** Begin with the one at `after` itself. */
  readonly inclusive?: boolean;
  /** All of them must hold. */
  readonly conditions?: readonly RawBuilder<boolean>[];
}

const chunk = 500;

/** Reads the repositories that have images, and that the viewer may see, in the order of listings: some at a time. */
export async function* visibleRepositories(
  { db, kind }: Database,
  viewer: Viewer,
  { after, last: begin, order: given, inclusive = false, conditions = [] }: RepositoryChoice,
): AsyncGenerator<RepositoryRow[], void, undefined> {
  // Bytes are compared, whatever language the database is set to: cursors go on where a page ended.
  const bytewise = sql.raw(kind === 'postgres' ? ' collate "C"' : '');
  const name = sql<string>`repositories.name${bytewise}`;
  const registry = sql<string>`repositories.registry${bytewise}`;
  const { value, numberOf, isDescending = false } = given ?? {};
  const order = orderOf({ value, isNumber: true, rest: [name, registry], isDescending });
  let last: readonly (string | number)[] | undefined =
    begin ?? (after === undefined ? undefined : [after.name, after.registry]);
  let isInclusive = inclusive;
  for (;;) {
    let rows = db
      .selectFrom('repositories')
      .selectAll()
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('repository_manifests')
            .select('digest')
            .whereRef('repository_manifests.repository_id', '=', 'repositories.id'),
        ),
      )
      .orderBy(order.by)
      .limit(chunk);
    if (last !== undefined) {
      rows = rows.where(order.isBehind(last, isInclusive));
    }
    for (const condition of conditions) rows = rows.where(condition);
    const some = await rows.execute();
    yield some.filter((row) => isVisible(viewer, row));
    const end = some.at(-1);
    if (end === undefined || some.length < chunk) return;
    last = [...(numberOf === undefined ? [] : [numberOf(end)]), end.name, end.registry];
    isInclusive = false;
  }
}

/** Returns true for a repository that the viewer may see. */
export function isVisible({ subject, visibilities }: Viewer, { registry, name }: RepositoryCursor): boolean {
  return may(subject, 'see', { registry, repository: name }, visibilities);
}
