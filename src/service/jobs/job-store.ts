import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { notFound } from '../problem.js';
import type { Database } from '../store/database.js';
import type { JobRow, Tables } from '../store/tables.js';
import { hostsOfJob, type JobRequest, openStates, type StoredJob, type WaitReason } from './job.js';
import type { InstanceSeen } from './other-instances.js';
import { tellOfJob } from './tell-of-job.js';

/** Job that is new. */
export interface NewJob {
  readonly kind: JobRow['kind'];
  readonly subject?: string;
  readonly request: JobRequest;
  /** Seals its secrets for the job of an id; undefined: there are none. */
  readonly seal?: ((id: string) => string) | undefined;
  readonly hosts: readonly string[];
  readonly by: string;
  readonly reason?: string;
  readonly parent?: string;
  readonly schedule?: string;
  readonly notBefore?: number | undefined;
}

/** Condition of a listing of jobs. */
export interface JobFilter {
  readonly state?: JobRow['state'] | 'open' | undefined;
  readonly kind?: JobRow['kind'] | undefined;
  readonly host?: string | undefined;
  readonly subject?: string | undefined;
  /** Jobs before this number. */
  readonly before?: number | undefined;
}

/** Result of a job that has ended. */
export interface JobOutcome {
  readonly result: NonNullable<JobRow['result']>;
  readonly problem?: string | undefined;
  readonly hosts?: Readonly<Record<string, string>> | undefined;
  readonly plan?: string | undefined;
  /** Name of the registry, where it was not known before. */
  readonly subject?: string | undefined;
}

/** Jobs in the database. */
export class JobStore {
  readonly #database: Database;
  /** Instance of the service whose jobs these are. */
  readonly #owner: string;

  constructor(database: Database, owner: string) {
    this.#database = database;
    this.#owner = owner;
  }

  async add(job: NewJob): Promise<StoredJob> {
    const id = randomUUID();
    return await this.#database.db
      .insertInto('jobs')
      .values({
        id,
        kind: job.kind,
        subject: job.subject ?? '',
        state: 'queued',
        result: null,
        request: JSON.stringify(job.request),
        sealed: job.seal?.(id) ?? null,
        hosts: JSON.stringify(job.hosts),
        summary: null,
        created_at: Date.now(),
        started_at: null,
        ended_at: null,
        created_by: job.by,
        reason: job.reason ?? '',
        parent: job.parent ?? null,
        schedule: job.schedule ?? null,
        cancel: 0,
        owner: this.#owner,
        pid: null,
        problem: '',
        plan: null,
        not_before: job.notBefore ?? null,
        waits_for: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  async find(id: string): Promise<StoredJob | undefined> {
    return await this.#database.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
  }

  /** @throws Problem where there is none */
  async get(id: string): Promise<StoredJob> {
    const row = await this.find(id);
    if (row === undefined) throw notFound(`job ${id}`);
    return row;
  }

  /** Lists jobs, the newest first. */
  async list(limit: number, { state, kind, host, subject, before }: JobFilter = {}): Promise<StoredJob[]> {
    let rows = this.#database.db.selectFrom('jobs').selectAll().orderBy('number', 'desc').limit(limit);
    if (state === 'open') rows = rows.where('state', 'in', openStates);
    else if (state !== undefined) rows = rows.where('state', '=', state);
    if (kind !== undefined) rows = rows.where('kind', '=', kind);
    if (subject !== undefined) rows = rows.where('subject', '=', subject);
    if (before !== undefined) rows = rows.where('number', '<', before);
    if (host !== undefined) {
      rows = rows.where('id', 'in', (eb) => eb.selectFrom('job_hosts').select('job').where('host', '=', host));
    }
    return await rows.execute();
  }

  /** Returns the jobs of this instance that have not ended, the oldest first. */
  async open(): Promise<StoredJob[]> {
    return await this.#database.db
      .selectFrom('jobs')
      .selectAll()
      .where('state', 'in', openStates)
      .where('owner', '=', this.#owner)
      .orderBy('number')
      .execute();
  }

  /** Returns the last result of each host, with its job. */
  async lastResults(): Promise<{ host: string; result: string; job: string; ended_at: number | null }[]> {
    const { db } = this.#database;
    return await db
      .selectFrom('job_hosts')
      .innerJoin('jobs', 'jobs.id', 'job_hosts.job')
      .select(['job_hosts.host', 'job_hosts.result', 'job_hosts.job', 'jobs.ended_at'])
      .where('jobs.number', 'in', (eb) =>
        eb
          .selectFrom('job_hosts as other')
          .innerJoin('jobs as of', 'of.id', 'other.job')
          .select(({ fn }) => fn.max('of.number').as('number'))
          .where('of.state', '=', 'done')
          .where('other.result', '<>', '')
          .groupBy('other.host'),
      )
      .execute();
  }

  /** Returns the last job about each registry that changed it or is changing it. */
  async lastOfSubjects(): Promise<ReadonlyMap<string, StoredJob>> {
    const rows = await this.#database.db
      .selectFrom('jobs')
      .selectAll()
      .where('number', 'in', (eb) =>
        eb
          .selectFrom('jobs as of')
          .select(({ fn }) => fn.max('of.number').as('number'))
          .where('of.subject', '<>', '')
          .where('of.kind', '=', 'provision')
          .groupBy('of.subject'),
      )
      .execute();
    return new Map(rows.map((row) => [row.subject, row]));
  }

  /** Returns the last job of each publication, by `VENDOR/APP`. */
  async lastOfPublications(): Promise<ReadonlyMap<string, StoredJob>> {
    const rows = await this.#database.db
      .selectFrom('jobs')
      .selectAll()
      .where('number', 'in', (eb) =>
        eb
          .selectFrom('jobs as of')
          .select(({ fn }) => fn.max('of.number').as('number'))
          .where('of.kind', 'in', ['publish', 'upload', 'withdraw'])
          .groupBy('of.subject'),
      )
      .execute();
    return new Map(rows.map((row) => [row.subject, row]));
  }

  /**
   * Locks the hosts of a job and makes it run, all or nothing.
   * @returns undefined: it runs; else the jobs that have one of its hosts
   */
  async start(job: StoredJob): Promise<readonly string[] | undefined> {
    const hosts = hostsOfJob(job).toSorted(); // In one order: two services would wait for each other else.
    return await this.#database.db.transaction().execute(async (db) => {
      for (const host of hosts) {
        const { numInsertedOrUpdatedRows } = await db
          .insertInto('job_locks')
          .values({ host, job: job.id })
          .onConflict((conflict) => conflict.column('host').doNothing())
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows !== 0n) continue;
        await db.deleteFrom('job_locks').where('job', '=', job.id).execute();
        const held = await db.selectFrom('job_locks').select('job').distinct().where('host', 'in', hosts).execute();
        return held.map((lock) => lock.job);
      }
      const { numUpdatedRows } = await db
        .updateTable('jobs')
        .set({ state: 'running', started_at: Date.now(), waits_for: null })
        .where('id', '=', job.id)
        .where('state', 'in', ['queued', 'waiting'])
        .where('owner', '=', this.#owner) // Another service may have taken it over.
        .executeTakeFirstOrThrow();
      if (numUpdatedRows > 0n) return undefined;
      await db.deleteFrom('job_locks').where('job', '=', job.id).execute();
      return [];
    });
  }

  async setPid(id: string, pid: number): Promise<void> {
    await this.#database.db.updateTable('jobs').set({ pid }).where('id', '=', id).execute();
  }

  async waits({ id, state, waits_for: former }: StoredJob, reason: WaitReason): Promise<void> {
    const text = JSON.stringify(reason);
    if (state === 'waiting' && former === text) return;
    await this.#database.db
      .updateTable('jobs')
      .set({ state: 'waiting', waits_for: text })
      .where('id', '=', id)
      .where('state', 'in', ['queued', 'waiting'])
      .execute();
  }

  /** Returns the window in which the jobs of a schedule may start, and its time zone; undefined: at any time. */
  async windowOf(schedule: string): Promise<{ readonly window: string; readonly zone: string } | undefined> {
    const row = await this.#database.db
      .selectFrom('schedules')
      .select(['window', 'zone'])
      .where('id', '=', schedule)
      .executeTakeFirst();
    return row === undefined || row.window === null ? undefined : { window: row.window, zone: row.zone };
  }

  /** Puts off the start of a job. */
  async putOff(id: string, until: number): Promise<void> {
    await this.#database.db.updateTable('jobs').set({ not_before: until }).where('id', '=', id).execute();
  }

  /** Returns true while a job of a schedule has not begun. */
  async hasWaiting(schedule: string): Promise<boolean> {
    const row = await this.#database.db
      .selectFrom('jobs')
      .select('id')
      .where('schedule', '=', schedule)
      .where('state', 'in', ['queued', 'waiting'])
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Notes that a job shall be cancelled. @returns false: it has not begun, and has ended by this */
  async cancel(id: string, level: 1 | 2): Promise<boolean> {
    const isEnded = await this.#database.db.transaction().execute(async (db) => {
      const ended = await db
        .updateTable('jobs')
        .set({ state: 'done', result: 'cancelled', ended_at: Date.now(), sealed: null, cancel: level, waits_for: null })
        .where('id', '=', id)
        .where('state', 'in', ['queued', 'waiting'])
        .returningAll()
        .executeTakeFirst();
      if (ended !== undefined) await tellOfJob(db, ended);
      return ended !== undefined;
    });
    if (isEnded) return false;
    await this.#database.db
      .updateTable('jobs')
      .set({ state: 'stopping', cancel: level })
      .where('id', '=', id)
      .where('state', 'in', ['running', 'stopping'])
      .execute();
    return true;
  }

  /**
   * Ends a job, and lets go of its hosts; one that has ended stays as it is.
   * @param write writes what belongs to its end, in the same transaction
   * @returns true: it ended by this
   */
  async end(
    id: string,
    { result, problem = '', hosts = {}, plan, subject }: JobOutcome,
    write?: (db: Kysely<Tables>) => Promise<void>,
  ): Promise<boolean> {
    return await this.#database.db.transaction().execute(async (db) => {
      await db.deleteFrom('job_locks').where('job', '=', id).execute();
      const ended = await db
        .updateTable('jobs')
        .set({
          state: 'done',
          result,
          problem: problem.slice(0, 4000),
          summary: JSON.stringify(hosts),
          sealed: null,
          ended_at: Date.now(),
          waits_for: null,
          plan: plan ?? null,
          ...(subject === undefined ? {} : { subject }),
        })
        .where('id', '=', id)
        .where('state', '<>', 'done')
        .returningAll()
        .executeTakeFirst();
      if (ended === undefined) return false;
      await tellOfJob(db, ended);
      const rows = Object.entries(hosts).map(([host, of]) => ({ job: id, host, result: of }));
      for (let at = 0; at < rows.length; at += 200) {
        await db
          .insertInto('job_hosts')
          .values(rows.slice(at, at + 200))
          .onConflict((conflict) => conflict.columns(['job', 'host']).doNothing())
          .execute();
      }
      await write?.(db);
      return true;
    });
  }

  async delete(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#database.db.transaction().execute(async (db) => {
      await db.deleteFrom('job_hosts').where('job', 'in', ids).execute();
      await db.deleteFrom('jobs').where('id', 'in', ids).where('state', '=', 'done').execute();
    });
  }

  /** Returns the jobs of this instance, and of those that are gone, that have ended, the newest first. */
  async ended(gone: readonly string[] = []): Promise<Pick<StoredJob, 'id' | 'kind' | 'ended_at' | 'owner'>[]> {
    return await this.#database.db
      .selectFrom('jobs')
      .select(['id', 'kind', 'ended_at', 'owner'])
      .where('state', '=', 'done')
      .where('owner', 'in', [this.#owner, ...gone])
      .orderBy('number', 'desc')
      .execute();
  }

  /** Returns those of some ids that no job has. */
  async unknown(ids: readonly string[]): Promise<string[]> {
    const known = new Set<string>();
    for (let at = 0; at < ids.length; at += 200) {
      const rows = await this.#database.db
        .selectFrom('jobs')
        .select('id')
        .where('id', 'in', ids.slice(at, at + 200))
        .execute();
      for (const { id } of rows) known.add(id);
    }
    return ids.filter((id) => !known.has(id));
  }

  /** Says that this instance lives, and returns when the others said so last. */
  async seen(now = Date.now()): Promise<InstanceSeen[]> {
    const { db } = this.#database;
    await db
      .insertInto('service_instances')
      .values({ id: this.#owner, seen_at: now })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: now }))
      .execute();
    const rows = await db.selectFrom('service_instances').selectAll().where('id', '<>', this.#owner).execute();
    return rows.map(({ id, seen_at: seenAt }) => ({ id, seenAt }));
  }

  /** Takes over what other instances had not begun. @returns number of jobs */
  async takeOver(instances: readonly string[]): Promise<number> {
    if (instances.length === 0) return 0;
    const { numUpdatedRows } = await this.#database.db
      .updateTable('jobs')
      .set({ owner: this.#owner })
      .where('state', 'in', ['queued', 'waiting'])
      .where('owner', 'in', instances)
      .executeTakeFirstOrThrow();
    return Number(numUpdatedRows);
  }

  /** Returns the jobs that other instances were at. */
  async runningOf(instances: readonly string[]): Promise<StoredJob[]> {
    if (instances.length === 0) return [];
    return await this.#database.db
      .selectFrom('jobs')
      .selectAll()
      .where('state', 'in', ['running', 'stopping'])
      .where('owner', 'in', instances)
      .execute();
  }
}
