import { sql } from 'kysely';
import { type Viewer, visibleRepositories } from '../images/visible-repositories.js';
import type { Database } from '../store/database.js';
import type { RepositoryRow } from '../store/tables.js';

/** Stars that accounts give to repositories. */
export class Stars {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(accountId: string, repositoryId: string): Promise<void> {
    await this.#database.db
      .insertInto('stars')
      .values({ account_id: accountId, repository_id: repositoryId, created_at: Date.now() })
      .onConflict((conflict) => conflict.columns(['account_id', 'repository_id']).doNothing())
      .execute();
  }

  async remove(accountId: string, repositoryId: string): Promise<void> {
    await this.#database.db
      .deleteFrom('stars')
      .where('account_id', '=', accountId)
      .where('repository_id', '=', repositoryId)
      .execute();
  }

  /** Counts the stars of repositories, and tells which of them an account gave. */
  async of(
    repositoryIds: readonly string[],
    accountId: string | undefined,
  ): Promise<ReadonlyMap<string, { readonly stars: number; readonly isOwn: boolean }>> {
    if (repositoryIds.length === 0) return new Map();
    const rows = await this.#database.db
      .selectFrom('stars')
      .select(({ fn, eb }) => [
        'repository_id',
        fn.countAll<number>().as('stars'),
        fn
          .sum<number>(
            eb
              .case()
              .when('account_id', '=', accountId ?? '')
              .then(1)
              .else(0)
              .end(),
          )
          .as('own'),
      ])
      .where('repository_id', 'in', repositoryIds)
      .groupBy('repository_id')
      .execute();
    return new Map(
      rows.map(({ repository_id: id, stars, own }) => [id, { stars: Number(stars), isOwn: Number(own) > 0 }]),
    );
  }

  /** Lists the repositories that an account starred, and may see, by name, those behind `after`. */
  async starredBy(
    accountId: string,
    viewer: Viewer,
    limit: number,
    after?: { readonly name: string; readonly registry: string } | undefined,
  ): Promise<RepositoryRow[]> {
    const conditions = [
      sql<boolean>`repositories.id in (select repository_id from stars where account_id = ${accountId})`,
    ];
    const found: RepositoryRow[] = [];
    for await (const some of visibleRepositories(this.#database, viewer, { after, conditions })) {
      found.push(...some);
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  }
}
