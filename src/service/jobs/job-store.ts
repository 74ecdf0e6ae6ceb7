import { randomUUID } from 'node:crypto';
import { notFound } from '../problem.js';
import type { Database } from '../store/database.js';
import type { JobRow } from '../store/tables.js';
import { hostsOfJob, type JobRequest, openStates, type StoredJob, type WaitReason } from './job.js';

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

  /**
   * Locks the hosts of a job and makes it run, all or nothing.
   * @returns undefined: it runs; else the jobs that have one of its hosts
   */
  async start(job: StoredJob): Promise<readonly string[] | undefined> {
    const hosts = hostsOfJob(job);
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
        .executeTakeFirstOrThrow();
      if (numUpdatedRows > 0n) return undefined;
      await db.deleteFrom('job_locks').where('job', '=', job.id).execute();
      return [];
    });
  }

  async setPid(id: string, pid: number): Promise<void> {
    await this.#database.db.updateTable('jobs').set({ pid }).where('id', '=', id).execute();
  }

  async waits(id: string, reason: WaitReason): Promise<void> {
    await this.#database.db
      .updateTable('jobs')
      .set({ state: 'waiting', waits_for: JSON.stringify(reason) })
      .where('id', '=', id)
      .where('state', 'in', ['queued', 'waiting'])
      .execute();
  }

  /** Notes that a job shall be cancelled. @returns false: it has not begun, and has ended by this */
  async cancel(id: string, level: 1 | 2): Promise<boolean> {
    const { db } = this.#database;
    const ended = await db
      .updateTable('jobs')
      .set({ state: 'done', result: 'cancelled', ended_at: Date.now(), sealed: null, cancel: level, waits_for: null })
      .where('id', '=', id)
      .where('state', 'in', ['queued', 'waiting'])
      .executeTakeFirstOrThrow();
    if (ended.numUpdatedRows > 0n) return false;
    await db
      .updateTable('jobs')
      .set({ state: 'stopping', cancel: level })
      .where('id', '=', id)
      .where('state', 'in', ['running', 'stopping'])
      .execute();
    return true;
  }

  /** Ends a job, and lets go of its hosts; one that has ended stays as it is. @returns true: it ended by this */
  async end(id: string, { result, problem = '', hosts = {}, plan, subject }: JobOutcome): Promise<boolean> {
    return await this.#database.db.transaction().execute(async (db) => {
      await db.deleteFrom('job_locks').where('job', '=', id).execute();
      const { numUpdatedRows } = await db
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
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) return false;
      const rows = Object.entries(hosts).map(([host, of]) => ({ job: id, host, result: of }));
      for (let at = 0; at < rows.length; at += 200) {
        await db
          .insertInto('job_hosts')
          .values(rows.slice(at, at + 200))
          .onConflict((conflict) => conflict.columns(['job', 'host']).doNothing())
          .execute();
      }
      return true;
    });
  }

  async setProblem(id: string, problem: string): Promise<void> {
    await this.#database.db
      .updateTable('jobs')
      .set({ problem: problem.slice(0, 4000) })
      .where('id', '=', id)
      .execute();
  }

  async delete(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#database.db.transaction().execute(async (db) => {
      await db.deleteFrom('job_hosts').where('job', 'in', ids).execute();
      await db.deleteFrom('jobs').where('id', 'in', ids).where('state', '=', 'done').execute();
    });
  }

  /** Returns the jobs of this instance that have ended, the newest first: their ids, kinds and times. */
  async ended(): Promise<Pick<StoredJob, 'id' | 'kind' | 'ended_at'>[]> {
    return await this.#database.db
      .selectFrom('jobs')
      .select(['id', 'kind', 'ended_at'])
      .where('state', '=', 'done')
      .where('owner', '=', this.#owner)
      .orderBy('number', 'desc')
      .execute();
  }

  /**
   * Says that this instance lives, and deals with the jobs of those that don't: what had not begun is taken over, what ran is
   * lost.
   * @param patience milliseconds after which an instance that isn't seen is gone
   * @returns number of jobs that were taken over
   */
  async seen(patience: number, now = Date.now()): Promise<number> {
    const { db } = this.#database;
    await db
      .insertInto('service_instances')
      .values({ id: this.#owner, seen_at: now })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: now }))
      .execute();
    const living = db
      .selectFrom('service_instances')
      .select('id')
      .where('seen_at', '>', now - patience);
    const lost = await db
      .selectFrom('jobs')
      .select('id')
      .where('state', 'in', ['running', 'stopping'])
      .where('owner', 'not in', living)
      .execute();
    for (const { id } of lost) {
      await this.end(id, {
        result: 'lost',
        problem: 'the service that ran it is gone: see the hosts, and run it again',
      });
    }
    const { numUpdatedRows } = await db
      .updateTable('jobs')
      .set({ owner: this.#owner })
      .where('state', 'in', ['queued', 'waiting'])
      .where('owner', 'not in', living)
      .executeTakeFirstOrThrow();
    return Number(numUpdatedRows);
  }
}
