import type { Kysely } from 'kysely';
import { addServiceEvent } from '../events/add-service-event.js';
import type { Database } from '../store/database.js';
import type { ReplicaMemberRow, ReplicaTagRow, Tables } from '../store/tables.js';
import { keyOfTag, type ReplicaLook, type WrittenTag, type WrittenTags } from './compare-replica.js';

/** Tags that are kept of a replica; more are counted. */
const mostTags = 1000;
/** Rows that are written by one statement. */
const atOnce = 100;

/** Hosts of registries that have several, as they were found, in the database. */
export class ReplicaStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async members(registry: string): Promise<ReplicaMemberRow[]> {
    const { db } = this.#database;
    return await db.selectFrom('replica_members').selectAll().where('registry', '=', registry).execute();
  }

  /** Lists the first tags of a host that are not as the writer has them. */
  async tags(registry: string, host: string, limit: number): Promise<ReplicaTagRow[]> {
    return await this.#database.db
      .selectFrom('replica_tags')
      .selectAll()
      .where('registry', '=', registry)
      .where('host', '=', host)
      .orderBy('since')
      .orderBy('repository')
      .orderBy('tag')
      .limit(limit)
      .execute();
  }

  /** Returns the tags that the index has of a registry: those of its writer. */
  async written(registry: string): Promise<WrittenTags> {
    const rows = await this.#database.db
      .selectFrom('tags')
      .innerJoin('repositories', 'repositories.id', 'tags.repository_id')
      .select(['repositories.name as repository', 'tags.name', 'tags.digest', 'tags.pushed_at'])
      .where('repositories.registry', '=', registry)
      .execute();
    const written = new Map<string, Map<string, WrittenTag>>();
    for (const { repository, name, digest, pushed_at: pushedAt } of rows) {
      const tags = written.get(repository) ?? new Map<string, WrittenTag>();
      written.set(repository, tags.set(name, { digest, pushedAt }));
    }
    return written;
  }

  /** Forgets hosts that a registry has no more. */
  async keepMembers(registry: string, hosts: readonly string[]): Promise<void> {
    for (const table of ['replica_tags', 'replica_members'] as const) {
      await this.#database.db
        .deleteFrom(table)
        .where('registry', '=', registry)
        .where('host', 'not in', [...hosts])
        .execute();
    }
  }

  /** Writes that a host could, or could not, be asked; a writer has nothing to be compared with. */
  async write(row: Omit<ReplicaMemberRow, 'since'>, now: number): Promise<void> {
    await this.#database.db.transaction().execute(async (db) => await writeMember(db, row, now));
  }

  /** Writes what a look at a replica found, with the event where it began or ceased to differ from look to look. */
  async writeLook(
    { registry, host }: { readonly registry: string; readonly host: string },
    look: ReplicaLook,
    written: WrittenTags,
    now: number,
  ): Promise<void> {
    await this.#database.db.transaction().execute(async (db) => {
      const ofHost = () => db.selectFrom('replica_tags').where('registry', '=', registry).where('host', '=', host);
      const former = await ofHost().selectAll().execute();
      const since = new Map(former.map((row) => [keyOfTag(row.repository, row.tag), row.since]));
      const kept = former.filter(
        ({ repository, tag, problem }) =>
          !look.hasLooked(repository, tag) && (problem === 'extra' || written.get(repository)?.has(tag) === true),
      );
      // A complete look has seen all tags that there are.
      const rows = [
        ...(look.isComplete ? [] : kept),
        ...look.differences.map(
          (each): ReplicaTagRow => ({
            ...each,
            registry,
            host,
            since: since.get(keyOfTag(each.repository, each.tag)) ?? now,
          }),
        ),
      ].toSorted((one, other) => one.since - other.since);
      const count = (problem: ReplicaTagRow['problem']) => rows.filter((row) => row.problem === problem).length;
      const pushes = rows.flatMap(({ repository, tag }) => written.get(repository)?.get(tag)?.pushedAt ?? []);
      const before = await memberRow(db, registry, host);
      const lasts = rows.some((row) => row.since < now);
      const isTold = rows.length > 0 && (before?.is_told === 1 || lasts) ? 1 : 0;
      const member = {
        ...{ registry, host, role: 'replica' as const, error: '', is_reachable: 1, looked_at: now },
        state: rows.length > 0 ? ('differ' as const) : look.isComplete ? ('agree' as const) : ('unknown' as const),
        ...{ missing: count('missing'), other: count('other'), extra: count('extra') },
        is_complete: look.isComplete ? 1 : 0,
        lag_since: pushes.length === 0 ? null : pushes.reduce((one, other) => Math.min(one, other)),
        is_told: isTold,
      };
      await db.deleteFrom('replica_tags').where('registry', '=', registry).where('host', '=', host).execute();
      const some = rows.slice(0, mostTags);
      for (let at = 0; at < some.length; at += atOnce) {
        await db
          .insertInto('replica_tags')
          .values(some.slice(at, at + atOnce))
          .execute();
      }
      await writeMember(db, member, now);
      const wasTold = before?.is_told === 1;
      if (wasTold === (isTold === 1)) return;
      const { missing, other, extra } = member;
      const tags = some.slice(0, 10).map(({ repository, tag, problem }) => ({ repository, tag, problem }));
      const kind = wasTold ? 'replicas.agree' : 'replicas.differ';
      const data = { host, missing, other, extra, tags };
      await addServiceEvent(db, { kind, subject: registry, registry, at: now, actor: '', data });
    });
  }
}

async function memberRow(db: Kysely<Tables>, registry: string, host: string): Promise<ReplicaMemberRow | undefined> {
  return await db
    .selectFrom('replica_members')
    .selectAll()
    .where('registry', '=', registry)
    .where('host', '=', host)
    .executeTakeFirst();
}

async function writeMember(db: Kysely<Tables>, row: Omit<ReplicaMemberRow, 'since'>, now: number): Promise<void> {
  const before = await memberRow(db, row.registry, row.host);
  const { registry, host, ...columns } = row;
  const since = before?.state === row.state ? before.since : now;
  await db
    .insertInto('replica_members')
    .values({ registry, host, ...columns, since })
    .onConflict((conflict) => conflict.columns(['registry', 'host']).doUpdateSet({ ...columns, since }))
    .execute();
}
