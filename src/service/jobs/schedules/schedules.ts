import { randomInt, randomUUID } from 'node:crypto';
import { Cron } from 'croner';
import type { Selectable } from 'kysely';
import type { z } from 'zod';
import { notFound, Problem } from '../../problem.js';
import { newSchedule, startWindow } from '../../schemas/jobs.js';
import type { Database } from '../../store/database.js';
import type { ScheduleRow } from '../../store/tables.js';

/** Schedule as the database has it. */
export type StoredSchedule = Selectable<ScheduleRow>;

/** Schedule that one service is starting, as it was before, and when it was taken. */
export interface TakenSchedule {
  readonly schedule: StoredSchedule;
  readonly takenAt: number;
}

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
   * doesn't start it again. A schedule whose time doesn't come again rests.
   */
  async takeDue(now: number): Promise<TakenSchedule | undefined> {
    const due = await this.#db
      .selectFrom('schedules')
      .selectAll()
      .where('is_enabled', '=', 1)
      .where('next_at', '<=', now)
      .orderBy('next_at')
      .execute();
    for (const schedule of due) {
      const { numUpdatedRows } = await this.#db
        .updateTable('schedules')
        .set({ next_at: nextTimeOrNone(schedule, now), last_at: now, last_job: null })
        .where('id', '=', schedule.id)
        .where('next_at', '=', schedule.next_at)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows > 0n) return { schedule, takenAt: now };
    }
    return undefined;
  }

  /**
   * Returns a schedule that was taken by a service which ended before the job was there, and takes it again. Only those that make
   * up for a missed start have it made up for.
   * @param patience milliseconds in which a job is there
   */
  async takeAbandoned(now: number, patience: number): Promise<TakenSchedule | undefined> {
    const taken = await this.#db
      .selectFrom('schedules')
      .selectAll()
      .where('is_enabled', '=', 1)
      .where('catch_up', '=', 'one')
      .where('last_job', 'is', null)
      .where('last_at', '<', now - patience)
      .execute();
    for (const schedule of taken) {
      const added = await this.#db
        .selectFrom('jobs')
        .select('id')
        .where('schedule', '=', schedule.id)
        .where('created_at', '>=', schedule.last_at)
        .orderBy('number')
        .executeTakeFirst();
      if (added !== undefined) {
        await this.started(schedule.id, added.id); // It ended between the job and this.
        continue;
      }
      const { numUpdatedRows } = await this.#db
        .updateTable('schedules')
        .set({ last_at: now })
        .where('id', '=', schedule.id)
        .where('last_at', '=', schedule.last_at)
        .where('last_job', 'is', null)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows > 0n) return { schedule, takenAt: now };
    }
    return undefined;
  }

  async started(id: string, job: string): Promise<void> {
    await this.#db.updateTable('schedules').set({ last_job: job }).where('id', '=', id).execute();
  }

  /** Says that nothing was started: its last start is again the one before. */
  async notStarted({ schedule, takenAt }: TakenSchedule): Promise<void> {
    const { id, last_at: lastAt, last_job: lastJob } = schedule;
    await this.#db
      .updateTable('schedules')
      .set({ last_at: lastJob === null ? null : lastAt, last_job: lastJob })
      .where('id', '=', id)
      .where('last_at', '=', takenAt)
      .where('last_job', 'is', null)
      .execute();
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

/**
 * Returns the next time after now, put off by chance.
 * @param jitter seconds
 * @throws Problem for what can't be read, or never comes
 */
export function nextTime(cron: string, zone: string, jitter: number, now: number): number {
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

function nextTimeOrNone({ cron, zone, jitter }: StoredSchedule, now: number): number | null {
  try {
    return nextTime(cron, zone, jitter, now);
  } catch (error) {
    if (error instanceof Problem) return null; // It was the last time, or this Node doesn't know its zone.
    throw error;
  }
}
