import { randomInt, randomUUID } from 'node:crypto';
import { Cron } from 'croner';
import type { Selectable } from 'kysely';
import type { z } from 'zod';
import { notFound, Problem } from '../problem.js';
import { newSchedule, startWindow } from '../schemas/jobs.js';
import type { Database } from '../store/database.js';
import type { ScheduleRow } from '../store/tables.js';

/** Schedule as the database has it. */
export type StoredSchedule = Selectable<ScheduleRow>;

/** Fields of a schedule that is made or changed. */
export type GivenSchedule = z.output<typeof newSchedule>;

/** Schedules in the database: what is done when. */
export class Schedules {
  readonly #db: Database['db'];

  constructor({ db }: Database) {
    this.#db = db;
  }

  async list(): Promise<StoredSchedule[]> {
    return await this.#db.selectFrom('schedules').selectAll().orderBy('name').execute();
  }

  /** @throws Problem where there is none */
  async get(id: string): Promise<StoredSchedule> {
    const row = await this.#db.selectFrom('schedules').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw notFound(`schedule ${id}`);
    return row;
  }

  /** @throws Problem for a name that is taken, or times that never come */
  async add(given: GivenSchedule, by: string): Promise<StoredSchedule> {
    const row: StoredSchedule = {
      id: randomUUID(),
      name: given.name,
      ...columnsOf(given),
      last_at: null,
      last_job: null,
      created_at: Date.now(),
      created_by: by,
      version: 1,
    };
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto('schedules')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows === 0n) throw new Problem('conflict', `there is a schedule ${given.name} already`);
    return row;
  }

  async change(id: string, changes: Partial<GivenSchedule>, version?: number): Promise<StoredSchedule> {
    const former = await this.get(id);
    const next = { ...columnsOf({ ...givenOf(former), ...changes }), version: former.version + 1 };
    const { numUpdatedRows } = await this.#db
      .updateTable('schedules')
      .set(next)
      .where('id', '=', id)
      .where('version', '=', version ?? former.version)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n)
      throw new Problem('version-mismatch', `${former.name} was changed meanwhile: read it again`);
    return { ...former, ...next };
  }

  async delete(id: string): Promise<void> {
    await this.get(id);
    await this.#db.deleteFrom('schedules').where('id', '=', id).execute();
  }

  /**
   * Returns a schedule that is due, and moves its time on. Whoever does that starts the job: another service on this database
   * doesn't start it again.
   */
  async takeDue(now: number): Promise<StoredSchedule | undefined> {
    const due = await this.#db
      .selectFrom('schedules')
      .selectAll()
      .where('is_enabled', '=', 1)
      .where('next_at', '<=', now)
      .orderBy('next_at')
      .execute();
    for (const schedule of due) {
      const { cron, zone, jitter } = schedule;
      const { numUpdatedRows } = await this.#db
        .updateTable('schedules')
        .set({ next_at: nextTime(cron, zone, jitter, now), last_at: now })
        .where('id', '=', schedule.id)
        .where('next_at', '=', schedule.next_at)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows > 0n) return schedule;
    }
    return undefined;
  }

  async started(id: string, job: string): Promise<void> {
    await this.#db.updateTable('schedules').set({ last_job: job }).where('id', '=', id).execute();
  }
}

/** Returns a schedule as it was given. */
export function givenOf(row: StoredSchedule): GivenSchedule {
  return newSchedule.parse({
    name: row.name,
    cron: row.cron,
    zone: row.zone,
    jitter: row.jitter,
    window: row.window === null ? null : startWindow.parse(JSON.parse(row.window)),
    catchUp: row.catch_up,
    enabled: row.is_enabled === 1,
    job: JSON.parse(row.request),
  });
}

function columnsOf({ cron, zone, jitter, window, catchUp, enabled, job }: GivenSchedule) {
  return {
    cron,
    zone,
    jitter,
    window: window === null ? null : JSON.stringify(window),
    catch_up: catchUp,
    is_enabled: enabled ? 1 : 0,
    request: JSON.stringify(job),
    next_at: enabled ? nextTime(cron, zone, jitter, Date.now()) : null,
  };
}

/** @throws Problem for what can't be read, or never comes */
function nextTime(cron: string, zone: string, jitter: number, now: number): number {
  const next = (() => {
    try {
      return new Cron(cron, { timezone: zone, paused: true }).nextRun(new Date(now));
    } catch (error) {
      const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
      throw new Problem('unprocessable', `cron: ${why}`, { errors: [{ pointer: '/cron', detail: why }] });
    }
  })();
  if (next === null) {
    const detail = 'is a time that never comes';
    throw new Problem('unprocessable', `cron: ${detail}`, { errors: [{ pointer: '/cron', detail }] });
  }
  return next.getTime() + (jitter === 0 ? 0 : randomInt(jitter * 1000));
}
