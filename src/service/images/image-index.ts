import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { addServiceEvent } from '../events/add-service-event.js';
import type { Database } from '../store/database.js';
import type { RepositoryRow, Tables, TagHistoryRow } from '../store/tables.js';
import { versionKey } from '../store/version-key.js';

/** Change of a tag or manifest, whoever told of it. */
export interface IndexChange {
  readonly registry: string;
  readonly repository: string;
  readonly at: number;
  readonly actor: string;
  readonly cause: TagHistoryRow['cause'];
  /** Nobody is told: all of a registry is found at the first look at it. */
  readonly isSilent?: boolean;
}

/** Index of repositories, tags and manifests. What it says of a registry is what notifications and listings said last. */
export class ImageIndex {
  readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  /** Writes that a manifest was pushed, and which tag leads to it. */
  async recordPush(
    change: IndexChange,
    digest: string,
    tag: string | undefined,
    given?: Kysely<Tables>,
  ): Promise<void> {
    await this.#within(given, async (db) => {
      const { id } = await requireRepository(db, change);
      const isFirst = !(await hasManifests(db, id));
      await db
        .insertInto('repository_manifests')
        .values({ repository_id: id, digest, pushed_at: change.at, pushed_by: change.actor })
        .onConflict((conflict) => conflict.columns(['repository_id', 'digest']).doNothing())
        .execute();
      await db
        .updateTable('repositories')
        .set({ pushed_at: change.at })
        .where('id', '=', id)
        .where(({ eb, or }) => or([eb('pushed_at', 'is', null), eb('pushed_at', '<', change.at)]))
        .execute();
      if (isFirst) await tellOfRepository(db, 'repository.created', change);
      if (tag !== undefined) await moveTag(db, id, tag, digest, change);
    });
  }

  /** Writes that a tag is gone; nothing where it is not known. */
  async recordDeletedTag(change: IndexChange, tag: string, given?: Kysely<Tables>): Promise<void> {
    await this.#within(given, async (db) => {
      const repository = await findRepository(db, change.registry, change.repository);
      if (repository !== undefined) await dropTag(db, repository.id, tag, change);
    });
  }

  /** Writes that a manifest is gone, and with it the tags that led to it. */
  async recordDeletedManifest(change: IndexChange, digest: string, given?: Kysely<Tables>): Promise<void> {
    await this.#within(given, async (db) => {
      const repository = await findRepository(db, change.registry, change.repository);
      if (repository === undefined) return;
      for (const name of await tagsLeadingTo(db, repository.id, digest)) await dropTag(db, repository.id, name, change);
      const { numDeletedRows } = await db
        .deleteFrom('repository_manifests')
        .where('repository_id', '=', repository.id)
        .where('digest', '=', digest)
        .executeTakeFirstOrThrow();
      if (numDeletedRows > 0n && !(await hasManifests(db, repository.id)))
        await tellOfRepository(db, 'repository.deleted', change);
    });
  }

  /** Writes that a registry has a repository no more. What was pushed since the look at it began stays. */
  async recordGoneRepository(change: IndexChange, began: number): Promise<void> {
    await this.#within(undefined, async (db) => {
      const repository = await findRepository(db, change.registry, change.repository);
      if (repository === undefined) return;
      const { numDeletedRows } = await db
        .deleteFrom('repository_manifests')
        .where('repository_id', '=', repository.id)
        .where('pushed_at', '<', began)
        .executeTakeFirstOrThrow();
      if (numDeletedRows > 0n && !(await hasManifests(db, repository.id)))
        await tellOfRepository(db, 'repository.deleted', change);
    });
  }

  /** Counts pulls, by the hour. */
  async recordPulls(
    change: IndexChange,
    digest: string,
    tag: string | undefined,
    count: number,
    db = this.database.db,
  ): Promise<void> {
    const repository = await findRepository(db, change.registry, change.repository);
    if (repository === undefined) return; // It is found by the next look at the registry.
    const hour = Math.floor(change.at / 3_600_000);
    await db
      .insertInto('pulls')
      .values({ repository_id: repository.id, digest, actor: change.actor, hour, count })
      .onConflict((conflict) =>
        conflict
          .columns(['repository_id', 'digest', 'actor', 'hour'])
          .doUpdateSet(({ eb, ref }) => ({ count: eb(ref('pulls.count'), '+', count) })),
      )
      .execute();
    await db
      .updateTable('repositories')
      .set(({ eb, ref }) => ({ pulled_at: change.at, pull_count: eb(ref('pull_count'), '+', count) }))
      .where('id', '=', repository.id)
      .execute();
    const tags = db.updateTable('tags').set({ pulled_at: change.at }).where('repository_id', '=', repository.id);
    await (tag === undefined ? tags.where('digest', '=', digest) : tags.where('name', '=', tag)).execute();
  }

  /** Returns what needs a manifest in its repository: the tags that lead to it, and the manifests that it is part of. */
  async useOf(repositoryId: string, digest: string): Promise<{ tags: string[]; parents: string[] }> {
    const { db } = this.database;
    const tags = await tagsLeadingTo(db, repositoryId, digest);
    const parents = await db
      .selectFrom('manifest_parts')
      .innerJoin('repository_manifests', 'repository_manifests.digest', 'manifest_parts.manifest')
      .select('manifest_parts.manifest')
      .distinct()
      .where('repository_id', '=', repositoryId)
      .where('manifest_parts.digest', '=', digest)
      .where('kind', '=', 'manifest')
      .execute();
    return { tags, parents: parents.map(({ manifest }) => manifest).sort() };
  }

  /** Returns the digests of a repository's manifests: those that are whole images, and parts of others of them. */
  async manifestsOf(repositoryId: string): Promise<{ whole: string[]; parts: string[] }> {
    const { db } = this.database;
    const all = await db
      .selectFrom('repository_manifests')
      .select('digest')
      .where('repository_id', '=', repositoryId)
      .execute();
    const named = await db
      .selectFrom('manifest_parts')
      .innerJoin('repository_manifests', 'repository_manifests.digest', 'manifest_parts.manifest')
      .select('manifest_parts.digest')
      .distinct()
      .where('repository_id', '=', repositoryId)
      .where('kind', '=', 'manifest')
      .execute();
    const isPart = new Set(named.map(({ digest }) => digest));
    const digests = all.map(({ digest }) => digest);
    return {
      whole: digests.filter((digest) => !isPart.has(digest)),
      parts: digests.filter((digest) => isPart.has(digest)),
    };
  }

  /** Returns manifests that are in a registry and were not read yet, with a repository of each. */
  async unread(registry: string, limit: number): Promise<{ readonly digest: string; readonly repository: string }[]> {
    return await this.database.db
      .selectFrom('repository_manifests')
      .innerJoin('repositories', 'repositories.id', 'repository_manifests.repository_id')
      .leftJoin('manifests', 'manifests.digest', 'repository_manifests.digest')
      .select(['repository_manifests.digest', 'repositories.name as repository'])
      .where('repositories.registry', '=', registry)
      .where('manifests.digest', 'is', null)
      .limit(limit)
      .execute();
  }

  /** Works in a transaction that was begun, or in one of its own: a change and the event of it are there both, or neither. */
  async #within(given: Kysely<Tables> | undefined, work: (db: Kysely<Tables>) => Promise<void>): Promise<void> {
    if (given !== undefined) await work(given);
    else await this.database.db.transaction().execute(work);
  }
}

/** Returns the tags of a repository that lead to a manifest, by name. */
export async function tagsLeadingTo(db: Kysely<Tables>, repositoryId: string, digest: string): Promise<string[]> {
  const rows = await db
    .selectFrom('tags')
    .select('name')
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .orderBy('name')
    .execute();
  return rows.map(({ name }) => name);
}

/** Returns a repository; undefined: the index has none of that name. */
export async function findRepository(
  db: Kysely<Tables>,
  registry: string,
  name: string,
): Promise<RepositoryRow | undefined> {
  return await db
    .selectFrom('repositories')
    .selectAll()
    .where('registry', '=', registry)
    .where('name', '=', name)
    .executeTakeFirst();
}

async function requireRepository(
  db: Kysely<Tables>,
  { registry, repository, at }: IndexChange,
): Promise<RepositoryRow> {
  const found = await findRepository(db, registry, repository);
  if (found !== undefined) return found;
  const row = {
    id: randomUUID(),
    registry,
    name: repository,
    description: '',
    created_at: at,
    pull_count: 0,
    pushed_at: null,
    pulled_at: null,
  };
  await db
    .insertInto('repositories')
    .values(row)
    .onConflict((conflict) => conflict.columns(['name', 'registry']).doNothing())
    .execute();
  return (await findRepository(db, registry, repository)) ?? row;
}

async function moveTag(
  db: Kysely<Tables>,
  id: string,
  name: string,
  digest: string,
  change: IndexChange,
): Promise<void> {
  const former = await db
    .selectFrom('tags')
    .select(['digest', 'pushed_at'])
    .where('repository_id', '=', id)
    .where('name', '=', name)
    .executeTakeFirst();
  // Notifications of two servers may come out of order: the later push counts.
  if (former !== undefined && (former.digest === digest || former.pushed_at > change.at)) return;
  const { whole_size: bytes = 0 } =
    (await db.selectFrom('manifests').select('whole_size').where('digest', '=', digest).executeTakeFirst()) ?? {};
  const tag = { digest, pushed_at: change.at, pushed_by: change.actor, bytes };
  await db
    .insertInto('tags')
    .values({ repository_id: id, name, pulled_at: null, version_key: versionKey(name), ...tag })
    .onConflict((conflict) => conflict.columns(['repository_id', 'name']).doUpdateSet(tag))
    .execute();
  await addHistory(db, id, name, digest, change);
  await tellOfTag(db, 'tag.pushed', name, change, { digest, oldDigest: former?.digest ?? null });
}

async function dropTag(db: Kysely<Tables>, id: string, name: string, change: IndexChange): Promise<void> {
  const former = await db
    .deleteFrom('tags')
    .where('repository_id', '=', id)
    .where('name', '=', name)
    .returning('digest')
    .executeTakeFirst();
  if (former === undefined) return;
  await addHistory(db, id, name, null, change);
  await tellOfTag(db, 'tag.deleted', name, change, { oldDigest: former.digest });
}

async function hasManifests(db: Kysely<Tables>, repositoryId: string): Promise<boolean> {
  const row = await db
    .selectFrom('repository_manifests')
    .select('digest')
    .where('repository_id', '=', repositoryId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function tellOfTag(
  db: Kysely<Tables>,
  kind: 'tag.pushed' | 'tag.deleted',
  tag: string,
  change: IndexChange,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (change.isSilent === true) return;
  const { registry, repository, at, actor } = change;
  const subject = `${registry}/${repository}:${tag}`;
  await addServiceEvent(db, {
    kind,
    subject,
    registry,
    repository,
    at,
    actor,
    data: { tag, ...data, ...foundBy(change) },
  });
}

async function tellOfRepository(
  db: Kysely<Tables>,
  kind: 'repository.created' | 'repository.deleted',
  change: IndexChange,
): Promise<void> {
  if (change.isSilent === true) return;
  const { registry, repository, at, actor } = change;
  const subject = `${registry}/${repository}`;
  await addServiceEvent(db, { kind, subject, registry, repository, at, actor, data: foundBy(change) });
}

function foundBy({ cause }: IndexChange): { readonly reconciled?: true } {
  return cause === 'reconciled' ? { reconciled: true } : {};
}

async function addHistory(
  db: Kysely<Tables>,
  id: string,
  tag: string,
  digest: string | null,
  { at, actor, cause }: IndexChange,
): Promise<void> {
  await db.insertInto('tag_history').values({ repository_id: id, tag, digest, at, actor, cause }).execute();
}
