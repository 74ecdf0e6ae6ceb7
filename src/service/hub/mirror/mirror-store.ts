import type { Database } from '../../store/database.js';
import type { MirrorDifferenceRow, MirrorLookRow } from '../../store/tables.js';
import type { MirrorTagDifference } from './mirror-differences.js';

/** Differences that are written at a time. */
const batch = 200;

/** Results of looks at what mirrors mirror. */
export class MirrorStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async lastLook(registry: string): Promise<MirrorLookRow | undefined> {
    return await this.#database.db
      .selectFrom('mirror_looks')
      .selectAll()
      .where('registry', '=', registry)
      .executeTakeFirst();
  }

  /** Records how a look went; of one that failed, what the last good one found stays. */
  async recordLook(look: Omit<MirrorLookRow, 'succeeded_at' | 'ended_at'>): Promise<void> {
    const now = Date.now();
    const row = { ...look, ended_at: now, ...(look.error === '' ? { succeeded_at: now } : {}) };
    await this.#database.db
      .insertInto('mirror_looks')
      .values({ succeeded_at: null, ...row })
      .onConflict((conflict) => conflict.column('registry').doUpdateSet(row))
      .execute();
  }

  /** Returns when each repository of a mirror was looked at. */
  async lookedAt(registry: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.db
      .selectFrom('mirror_repositories')
      .select(['repository', 'looked_at'])
      .where('registry', '=', registry)
      .execute();
    return new Map(rows.map(({ repository, looked_at: at }) => [repository, at]));
  }

  /** Writes what a look found of a repository. A difference that was there before keeps its time. */
  async writeDifferences(registry: string, repository: string, found: readonly MirrorTagDifference[]): Promise<void> {
    const now = Date.now();
    await this.#database.db.transaction().execute(async (db) => {
      const of = { registry, repository };
      const former = await db
        .selectFrom('mirror_differences')
        .selectAll()
        .where('registry', '=', registry)
        .where('repository', '=', repository)
        .execute();
      const since = new Map(former.map((row) => [`${row.kind} ${row.tag}`, row.since]));
      await db
        .deleteFrom('mirror_differences')
        .where('registry', '=', registry)
        .where('repository', '=', repository)
        .execute();
      const rows = found.map((each) => ({ ...of, ...each, since: since.get(`${each.kind} ${each.tag}`) ?? now }));
      for (let at = 0; at < rows.length; at += batch) {
        await db
          .insertInto('mirror_differences')
          .values(rows.slice(at, at + batch))
          .execute();
      }
      await db
        .insertInto('mirror_repositories')
        .values({ ...of, looked_at: now, error: '' })
        .onConflict((conflict) =>
          conflict.columns(['registry', 'repository']).doUpdateSet({ looked_at: now, error: '' }),
        )
        .execute();
    });
  }

  /** Records that a repository could not be looked at; what is known of it stays. */
  async recordFailure(registry: string, repository: string, error: string): Promise<void> {
    const row = { looked_at: Date.now(), error };
    await this.#database.db
      .insertInto('mirror_repositories')
      .values({ registry, repository, ...row })
      .onConflict((conflict) => conflict.columns(['registry', 'repository']).doUpdateSet(row))
      .execute();
  }

  /** Returns the repositories that a mirror lacks as a whole. */
  async missingRepositories(registry: string): Promise<string[]> {
    const rows = await this.#database.db
      .selectFrom('mirror_differences')
      .select('repository')
      .where('registry', '=', registry)
      .where('tag', '=', '')
      .execute();
    return rows.map(({ repository }) => repository);
  }

  /** Forgets the repositories of a mirror that neither side has. */
  async forgetAllBut(registry: string, kept: ReadonlySet<string>): Promise<void> {
    const gone = [...(await this.lookedAt(registry)).keys()].filter((repository) => !kept.has(repository));
    for (const repository of gone) {
      for (const table of ['mirror_differences', 'mirror_repositories'] as const) {
        await this.#database.db
          .deleteFrom(table)
          .where('registry', '=', registry)
          .where('repository', '=', repository)
          .execute();
      }
    }
  }

  /** Counts the differences of each repository by kind, with the time of the oldest. */
  async counts(
    registry: string,
  ): Promise<{ repository: string; kind: MirrorDifferenceRow['kind']; count: number; since: number }[]> {
    const rows = await this.#database.db
      .selectFrom('mirror_differences')
      .select(({ fn }) => [
        'repository',
        'kind',
        fn.countAll<number>().as('count'),
        fn.min<number>('since').as('since'),
      ])
      .where('registry', '=', registry)
      .groupBy(['repository', 'kind'])
      .execute();
    return rows.map((row) => ({ ...row, count: Number(row.count), since: Number(row.since) }));
  }

  /** Lists differences by repository and tag, those behind `after`. */
  async differences(
    registry: string,
    limit: number,
    after?: { readonly repository: string; readonly tag: string } | undefined,
  ): Promise<MirrorDifferenceRow[]> {
    let rows = this.#database.db
      .selectFrom('mirror_differences')
      .selectAll()
      .where('registry', '=', registry)
      .orderBy('repository')
      .orderBy('tag')
      .limit(limit);
    if (after !== undefined) {
      const { repository, tag } = after;
      rows = rows.where(({ eb, or, and }) =>
        or([eb('repository', '>', repository), and([eb('repository', '=', repository), eb('tag', '>', tag)])]),
      );
    }
    return await rows.execute();
  }

  /** Lists the repositories that could not be looked at the last time. */
  async failures(registry: string): Promise<{ readonly repository: string; readonly error: string }[]> {
    return await this.#database.db
      .selectFrom('mirror_repositories')
      .select(['repository', 'error'])
      .where('registry', '=', registry)
      .where('error', '!=', '')
      .orderBy('repository')
      .limit(500)
      .execute();
  }
}
