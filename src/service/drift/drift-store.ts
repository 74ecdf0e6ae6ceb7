import type { Kysely } from 'kysely';
import { addServiceEvent } from '../events/add-service-event.js';
import type { Database } from '../store/database.js';
import type { HostDriftRow, RegistryDriftRow, Tables } from '../store/tables.js';

/** Rows that are written by one statement. */
const atOnce = 50;

/** States of hosts and registries beside the site, in the database. */
export class DriftStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async hosts(): Promise<ReadonlyMap<string, HostDriftRow>> {
    const rows = await this.#database.db.selectFrom('host_drift').selectAll().execute();
    return new Map(rows.map((row) => [row.host, row]));
  }

  async registries(): Promise<ReadonlyMap<string, RegistryDriftRow>> {
    const rows = await this.#database.db.selectFrom('registry_drift').selectAll().execute();
    return new Map(rows.map((row) => [row.registry, row]));
  }

  /** Lists hosts in a state, those that came to it last first. @param after place of the last one before */
  async list(
    state: HostDriftRow['state'],
    limit: number,
    { after, host }: { readonly after?: DriftPlace | undefined; readonly host?: string | undefined },
  ): Promise<HostDriftRow[]> {
    let rows = this.#database.db
      .selectFrom('host_drift')
      .selectAll()
      .where('state', '=', state)
      .orderBy('since', 'desc')
      .orderBy('host')
      .limit(limit);
    if (host !== undefined) rows = rows.where('host', '=', host);
    if (after !== undefined) {
      rows = rows.where(({ eb, and, or }) =>
        or([eb('since', '<', after.since), and([eb('since', '=', after.since), eb('host', '>', after.host)])]),
      );
    }
    return await rows.execute();
  }

  /** Forgets hosts that the inventory has no more, and tells of those that differed. */
  async keepHosts(known: ReadonlySet<string>, now = Date.now()): Promise<void> {
    const rows = await this.#database.db.selectFrom('host_drift').select(['host', 'differs_since']).execute();
    const gone = rows.filter(({ host }) => !known.has(host)).toSorted((one, other) => (one.host < other.host ? -1 : 1));
    if (gone.length === 0) return;
    await this.#database.db.transaction().execute(async (db) => {
      for (const { host, differs_since: differed } of gone) {
        const { numDeletedRows } = await db.deleteFrom('host_drift').where('host', '=', host).executeTakeFirstOrThrow();
        await db.deleteFrom('registry_drift').where('host', '=', host).execute();
        if (numDeletedRows === 0n || differed === null) continue;
        const data = { since: new Date(differed).toISOString(), reason: 'the inventory has no such host any more' };
        await addServiceEvent(db, { kind: 'drift.gone', subject: host, at: now, actor: '', data });
      }
    });
  }

  /** Counts hosts by their states. */
  async counts(): Promise<ReadonlyMap<HostDriftRow['state'], number>> {
    const rows = await this.#database.db
      .selectFrom('host_drift')
      .select(['state', ({ fn }) => fn.countAll().as('count')])
      .groupBy('state')
      .execute();
    return new Map(rows.map(({ state, count }) => [state, Number(count)]));
  }
}

/** Place in the list of hosts. */
export interface DriftPlace {
  readonly since: number;
  readonly host: string;
}

/** Writes states of hosts. */
export async function writeHostDrift(db: Kysely<Tables>, rows: readonly HostDriftRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += atOnce) {
    await db
      .insertInto('host_drift')
      .values(rows.slice(at, at + atOnce))
      .onConflict((conflict) =>
        conflict.column('host').doUpdateSet(({ ref }) => ({
          state: ref('excluded.state'),
          since: ref('excluded.since'),
          differs_since: ref('excluded.differs_since'),
          looked_at: ref('excluded.looked_at'),
          reason: ref('excluded.reason'),
          tasks: ref('excluded.tasks'),
          task_count: ref('excluded.task_count'),
          job: ref('excluded.job'),
        })),
      )
      .execute();
  }
}

/** Writes states of registries in place of those that a host had. */
export async function writeRegistryDrift(
  db: Kysely<Tables>,
  host: string,
  rows: readonly RegistryDriftRow[],
): Promise<void> {
  await db.deleteFrom('registry_drift').where('host', '=', host).execute();
  if (rows.length === 0) return;
  const names = rows.map(({ registry }) => registry);
  await db.deleteFrom('registry_drift').where('registry', 'in', names).execute(); // One has moved here.
  for (let at = 0; at < rows.length; at += atOnce) {
    await db
      .insertInto('registry_drift')
      .values(rows.slice(at, at + atOnce))
      .execute();
  }
}
