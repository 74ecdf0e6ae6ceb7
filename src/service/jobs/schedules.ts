import { randomInt, randomUUID } from 'node:crypto';
import { Cron } from 'croner';
import type { Selectable } from 'kysely';
import type { z } from 'zod';
import { nobody, type Principal } from '../access/principal.js';
import { newSchedule, startWindow } from '../http/schemas/jobs.js';
import { notFound, Problem } from '../problem.js';
import type { ServiceParts } from '../service-parts.js';
import type { ScheduleRow } from '../store/tables.js';
import { type AskedJob, addJob } from './add-job.js';
import { runOptions } from './child/child-request.js';
import type { StoredJob } from './job.js';
import { nextOpening } from './start-window.js';

/** Schedule as the database has it. */
export type StoredSchedule = Selectable<ScheduleRow>;

/** Fields of a schedule that is made or changed. */
export type GivenSchedule = z.output<typeof newSchedule>;

/** Milliseconds between two looks at what is due. */
const lookEvery = 1000;
/** Milliseconds by which a start may be late without having been missed. */
const grace = 60_000;

/** Schedules: jobs that are added at their times, also those that were missed, where that is asked for. */
export class Schedules {
  readonly #parts: () => ServiceParts;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  /** @param parts parts of the service, once they are all made */
  constructor(parts: () => ServiceParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#timer = setInterval(() => {
      this.#looking = this.#looking
        .then(() => this.#startDue())
        .catch((error) => {
          this.#parts().complain(`schedules: ${error instanceof Error ? error.message : String(error)}`);
        });
    }, lookEvery).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
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

  /** Adds the job of a schedule now, as the one who made it. */
  async start(schedule: StoredSchedule): Promise<StoredJob> {
    const parts = this.#parts();
    const account = await parts.accounts.find(schedule.created_by);
    const usable = account !== undefined && account.is_disabled === 0;
    // What somebody may no longer do, their schedules don't do either.
    const principal: Principal = usable ? { ...nobody, account, means: { kind: 'password' }, api: 'write' } : nobody;
    const { job, window, zone } = givenOf(schedule);
    const { kind, registry, reason, ...run } = { reason: `schedule ${schedule.name}`, ...job };
    const asked: AskedJob = { kind, run: runOptions.parse(run), secrets: {}, registry, reason };
    const now = Date.now();
    const opening = window === null ? now : nextOpening(window, zone, now);
    return await addJob(parts, principal, asked, {
      by: schedule.created_by,
      schedule: schedule.id,
      notBefore: opening > now ? opening : undefined,
    });
  }

  async #startDue(now = Date.now()): Promise<void> {
    const due = await this.#db
      .selectFrom('schedules')
      .selectAll()
      .where('is_enabled', '=', 1)
      .where('next_at', '<=', now)
      .execute();
    for (const schedule of due) {
      const { cron, zone, jitter } = schedule;
      // Whoever moves the time on starts the job: another service on this database doesn't start it again.
      const { numUpdatedRows } = await this.#db
        .updateTable('schedules')
        .set({ next_at: nextTime(cron, zone, jitter, now), last_at: now })
        .where('id', '=', schedule.id)
        .where('next_at', '=', schedule.next_at)
        .executeTakeFirstOrThrow();
      const missed = now - Number(schedule.next_at) > grace;
      if (numUpdatedRows === 0n || (missed && schedule.catch_up === 'none')) continue;
      await this.#startNow(schedule);
    }
  }

  async #startNow(schedule: StoredSchedule): Promise<void> {
    const { audit, complain } = this.#parts();
    try {
      const job = await this.start(schedule);
      await this.#db.updateTable('schedules').set({ last_job: job.id }).where('id', '=', schedule.id).execute();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      complain(`schedule ${schedule.name}: ${reason}`);
      const actor = {
        actor: schedule.created_by,
        kind: 'schedule',
        means: `schedule ${schedule.id}`,
        address: '',
        userAgent: '',
        requestId: '',
      };
      await audit.record(actor, { verb: 'schedule.start', object: schedule.name, outcome: 'failed', reason });
    }
  }

  get #db() {
    return this.#parts().database.db;
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
