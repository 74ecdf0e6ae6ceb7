import { nobody, type Principal } from '../access/principal.js';
import type { ServiceParts } from '../service-parts.js';
import { type AskedJob, addJob } from './add-job.js';
import { runOptions } from './child/child-request.js';
import type { StoredJob } from './job.js';
import { givenOf, type StoredSchedule } from './schedules.js';
import { nextOpening } from './start-window.js';

/** Milliseconds between two looks at what is due. */
const lookEvery = 1000;
/** Milliseconds by which a start may be late without having been missed. */
const grace = 60_000;

/** Clock that adds the jobs of schedules at their times, and one that was missed where that is asked for. */
export class Scheduler {
  readonly #parts: ServiceParts;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: ServiceParts) {
    this.#parts = parts;
  }

  begin(): void {
    const look = () => {
      this.#looking = this.#looking
        .then(() => this.#startDue())
        .catch((error) => this.#parts.complain(`schedules: ${error instanceof Error ? error.message : String(error)}`));
    };
    this.#timer = setInterval(look, lookEvery).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #startDue(): Promise<void> {
    const { schedules } = this.#parts;
    for (;;) {
      const now = Date.now();
      const schedule = await schedules.takeDue(now);
      if (schedule === undefined) return;
      const missed = now - Number(schedule.next_at) > grace;
      if (!missed || schedule.catch_up === 'one') await this.#start(schedule);
    }
  }

  async #start(schedule: StoredSchedule): Promise<void> {
    const { audit, complain } = this.#parts;
    try {
      await startSchedule(this.#parts, schedule);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      complain(`schedule ${schedule.name}: ${reason}`);
      const means = `schedule ${schedule.id}`;
      const actor = { actor: schedule.created_by, kind: 'schedule', means, address: '', userAgent: '', requestId: '' };
      await audit.record(actor, { verb: 'schedule.start', object: schedule.name, outcome: 'failed', reason });
    }
  }
}

/** Adds the job of a schedule now, as the one who made it: what they may no longer do, their schedules don't do either. @throws Problem */
export async function startSchedule(parts: ServiceParts, schedule: StoredSchedule): Promise<StoredJob> {
  const account = await parts.accounts.find(schedule.created_by);
  const proof = account === undefined ? undefined : await parts.authenticator.byAccount(account);
  const principal: Principal = proof?.principal ?? nobody;
  const { job: given, window, zone } = givenOf(schedule);
  const { kind, registry, ...run } = given;
  const reason = `schedule ${schedule.name}`;
  const asked: AskedJob = { kind, run: runOptions.parse(run), secrets: {}, registry, reason };
  const now = Date.now();
  const opening = window === null ? now : nextOpening(window, zone, now);
  const job = await addJob(parts, principal, asked, {
    by: schedule.created_by,
    schedule: schedule.id,
    notBefore: opening > now ? opening : undefined,
  });
  await parts.schedules.started(schedule.id, job.id);
  return job;
}
