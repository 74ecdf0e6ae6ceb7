import { nobody, type Principal } from '../../access/principal.js';
import type { ServiceParts } from '../../service-parts.js';
import { addJob, askedJob } from '../add-job.js';
import type { AskedJob, StoredJob } from '../job.js';
import { givenOf, type StoredSchedule, type TakenSchedule } from './schedules.js';
import { nextOpening } from './start-window.js';

/** Milliseconds between two looks at what is due. */
const lookEvery = 1000;
/** Milliseconds by which a start may be late without having been missed. */
const grace = 60_000;
/** Milliseconds in which the job of a schedule is there: its site is read first. */
const startPatience = 600_000;

/** Clock that adds the jobs of schedules at their times, and one that was missed where that is asked for. */
export class Scheduler {
  readonly #parts: ServiceParts;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isLooking = false;
  #isClosed = false;
  /** Since when it has looked without a gap. What was due before was missed. */
  #since = 0;
  #lookedAt = 0;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#timer = setInterval(() => {
      if (!this.#isLooking) this.#looking = this.#look();
    }, lookEvery).unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    try {
      const now = Date.now();
      if (now - this.#lookedAt > grace) this.#since = now; // It has just begun, or the machine slept.
      await this.#startDue();
    } catch (error) {
      this.#parts.complain(`schedules: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#lookedAt = Date.now();
      this.#isLooking = false;
    }
  }

  async #startDue(): Promise<void> {
    const { schedules, jobs } = this.#parts;
    while (!this.#isClosed) {
      const now = Date.now();
      const due = await schedules.takeDue(now);
      const taken = due ?? (await schedules.takeAbandoned(now, startPatience));
      if (taken === undefined) return;
      const { schedule } = taken;
      const isMissed = due !== undefined && Number(schedule.next_at) < this.#since - grace;
      // A job that has not begun will do what this one would.
      const isLeftOut = (isMissed && schedule.catch_up === 'none') || (await jobs.store.hasWaiting(schedule.id));
      if (isLeftOut) await schedules.notStarted(taken);
      else await this.#start(taken);
    }
  }

  async #start(taken: TakenSchedule): Promise<void> {
    const { audit, complain, schedules } = this.#parts;
    const { schedule } = taken;
    try {
      await startSchedule(this.#parts, schedule);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      complain(`schedule ${schedule.name}: ${reason}`);
      await schedules.notStarted(taken);
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
  const asked: AskedJob = { ...askedJob(given, false), secrets: {}, reason: `schedule ${schedule.name}` };
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
