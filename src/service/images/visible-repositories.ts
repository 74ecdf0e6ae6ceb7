import { type RawBuilder, sql } from 'kysely';
import { may, type SubjectRights, type Visibilities } from '../access/rights/decide.js';
import type { Database } from '../store/database.js';
import type { RepositoryRow } from '../store/tables.js';

/** Sender of a listing: repositories that it may not see are not there. */
export interface Viewer {
  readonly subject: SubjectRights;
  readonly visibilities: Visibilities;
}

/** Place of a repository in the order of listings: by name, then by registry. */
export type RepositoryCursor = Pick<RepositoryRow, 'name' | 'registry'>;

/** Choice of repositories. */
export interface RepositoryChoice {
  readonly after?: RepositoryCursor | undefined;
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
  { after, inclusive = false, conditions = [] }: RepositoryChoice,
): AsyncGenerator<RepositoryRow[], void, undefined> {
  // Bytes are compared, whatever language the database is set to: cursors go on where a page ended.
  const bytewise = sql.raw(kind === 'postgres' ? ' collate "C"' : '');
  const name = sql<string>`repositories.name${bytewise}`;
  const registry = sql<string>`repositories.registry${bytewise}`;
  let last = after;
  let comparison = sql.raw(inclusive ? '>=' : '>');
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
      .orderBy(name)
      .orderBy(registry)
      .limit(chunk);
    if (last !== undefined) {
      rows = rows.where(sql<boolean>`(${name}, ${registry}) ${comparison} (${last.name}, ${last.registry})`);
    }
    for (const condition of conditions) rows = rows.where(condition);
    const some = await rows.execute();
    yield some.filter((row) => isVisible(viewer, row));
    last = some.at(-1);
    if (last === undefined || some.length < chunk) return;
    comparison = sql.raw('>');
  }
}

/** Returns true for a repository that the viewer may see. */
export function isVisible({ subject, visibilities }: Viewer, { registry, name }: RepositoryCursor): boolean {
  return may(subject, 'see', { registry, repository: name }, visibilities);
}
