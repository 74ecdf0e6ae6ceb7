import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { Problem } from '../problem.js';
import type { Database } from '../store/database.js';
import type { SealingKey } from '../store/key-file.js';
import type { Tables } from '../store/tables.js';
import { type ChildRequest, type JobEnd, type JobSiteOptions, runOptions } from './child/child-request.js';
import { hostsOfJob, isOwnRequest, type JobRequest, type OwnRequest, requestOf, type StoredJob } from './job.js';
import type { JobFolders } from './job-folders.js';
import { type JobProgram, lookAt, runsJob, startJob } from './job-process.js';
import { type JobOutcome, JobStore, type NewJob } from './job-store.js';
import { type KeptJobs, removeOldJobs } from './kept-jobs.js';
import { OtherInstances } from './other-instances.js';
import { OwnJobs, type OwnWork } from './own-jobs.js';
import { openingOf } from './schedules/start-window.js';

/** Parts of a {@link JobKeeper}. */
export interface JobKeeperParts {
  readonly database: Database;
  readonly folders: JobFolders;
  readonly sealing: SealingKey;
  /** Names this service among those that share its database; the same after a restart. */
  readonly instance: string;
  readonly program: JobProgram;
  /** Undefined: the service has no site. */
  readonly site: JobSiteOptions | undefined;
  /** File of vendors and what they publish; undefined: there is none. */
  readonly vendors: string | undefined;
  /** Jobs that run at a time. */
  readonly most: number;
  readonly kept: KeptJobs;
  readonly ownWork: OwnWork;
  /** Milliseconds after which another service that says nothing is gone. */
  readonly goneAfter: number;
  /** Reads what a job that ends has found, to be written with its end; undefined: nothing. */
  readonly findings?: JobFindings | undefined;
  /** Is told of each end of a job. */
  readonly ended?: ((job: StoredJob, outcome: JobOutcome) => void) | undefined;
  readonly complain: (message: string) => void;
}

/** Reader of what a job that ends has found. */
export type JobFindings = (
  job: StoredJob,
  outcome: JobOutcome,
) => Promise<((db: Kysely<Tables>) => Promise<void>) | undefined>;

/** Milliseconds between two looks at processes that this one didn't start. */
const lookEvery = 500;
/** Milliseconds between two looks at what waits: for a time, for a host that another service works on, to be cancelled there. */
const wakeEvery = 1000;
/** Milliseconds after which an error that stays is told of again. */
const complainEvery = 60_000;
/** Milliseconds in which a process that shall end at once must have done so. */
const endPatience = 10_000;
/** Milliseconds in which a process that was just started says that it has begun. */
const startPatience = 30_000;

/** Process of a job that is watched. */
interface WatchedJob {
  readonly since: number;
  /** Process that this service, or the one before, started for it. */
  pid: number | undefined;
  /** Word to end that it was sent: 0 none, 1 no more tasks, 2 at once. */
  told: number;
}

/** Runs jobs: each in a process of its own, one at a time a host, and so that none is lost or begun twice. */
export class JobKeeper {
  readonly store: JobStore;
  readonly folders: JobFolders;
  readonly #parts: JobKeeperParts;
  /** Jobs that this process watches. */
  readonly #watched = new Map<string, WatchedJob>();
  /** Jobs whose end is being written. */
  readonly #ending = new Set<string>();
  readonly #own: OwnJobs;
  readonly #others: OtherInstances;
  #gone: readonly string[] = [];
  readonly #ended = new Map<string, Set<() => void>>();
  readonly #timers: NodeJS.Timeout[] = [];
  #pump: Promise<void> = Promise.resolve();
  #isWoken = false;
  #isClosed = false;
  readonly #complaints = new Map<string, number>();

  constructor(parts: JobKeeperParts) {
    this.#parts = parts;
    this.#others = new OtherInstances(parts.goneAfter);
    this.folders = parts.folders;
    this.#own = new OwnJobs(parts.folders, parts.ownWork);
    this.store = new JobStore(parts.database, parts.instance);
  }

  /** Finds what ran when the service ended, and goes on with what waits. */
  async begin(): Promise<void> {
    await this.#lookAtOthers();
    for (const job of await this.store.open()) {
      if (job.state === 'running' || job.state === 'stopping') await this.#takeUp(job);
    }
    const every = (milliseconds: number, work: () => Promise<unknown>) => {
      this.#timers.push(setInterval(() => void this.#attempt(work), milliseconds).unref());
    };
    every(lookEvery, () => this.#lookAtProcesses());
    every(wakeEvery, async () => this.wake());
    every(this.#parts.goneAfter / 6, () => this.#lookAtOthers());
    every(3_600_000, () => removeOldJobs(this.store, this.folders, this.#parts.kept, this.#gone));
    this.wake();
  }

  /** Stops watching. Jobs with a process of their own go on; a service that starts again finds them. The rest is ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#own.close();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#pump;
  }

  /** True where the service has a site. */
  get hasSite(): boolean {
    return this.#parts.site !== undefined;
  }

  /** Returns the site. @throws Problem where the service has none */
  requireSite(): JobSiteOptions {
    const { site } = this.#parts;
    if (site !== undefined) return site;
    throw new Problem('conflict', 'this service has no site: start it with --site SITE.yaml -i INVENTORY');
  }

  /** Returns the file of vendors. @throws Problem where the service has none */
  requireVendors(): string {
    const { vendors } = this.#parts;
    if (vendors !== undefined) return vendors;
    throw new Problem('conflict', 'this service publishes nothing: start it with --vendors FILE');
  }

  /** Adds a job, and starts it as soon as its hosts are free. */
  async add(job: NewJob, secrets: Readonly<Record<string, string>> = {}): Promise<StoredJob> {
    const any = Object.keys(secrets).length > 0;
    const seal = any ? (id: string) => this.#parts.sealing.seal(`job ${id}`, JSON.stringify(secrets)) : undefined;
    const row = await this.store.add({ ...job, seal });
    this.wake();
    return row;
  }

  /** Opens the secrets of a job that has not ended. */
  secretsOf({ id, sealed }: Pick<StoredJob, 'id' | 'sealed'>): Record<string, string> {
    return sealed === null ? {} : JSON.parse(this.#parts.sealing.open(`job ${id}`, sealed));
  }

  /**
   * Cancels a job. The first time it begins no more tasks, the second it ends at once. What has ended stays as it is.
   */
  async cancel(id: string): Promise<StoredJob> {
    const job = await this.store.get(id);
    if (job.state === 'done') return job;
    const level = job.cancel === 0 ? 1 : 2;
    const runs = await this.store.cancel(id, level);
    if (!runs) {
      this.#tellEnd(id);
      this.wake();
    } else if (job.owner === this.#parts.instance) await this.#tellToEnd(id, level); // Another service sees it in the database.
    return await this.store.get(id);
  }

  /** Resolves when a job has ended, or after so many milliseconds. */
  async ended(id: string, patience: number): Promise<void> {
    const { state } = await this.store.get(id);
    if (state === 'done') return;
    const waiting = this.#ended.get(id) ?? new Set();
    this.#ended.set(id, waiting);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, patience);
      const look = async () => {
        const job = await this.store.find(id);
        if (job === undefined || job.state === 'done') done();
      };
      const every = setInterval(() => void this.#attempt(look), 1000);
      function done() {
        clearTimeout(timer);
        clearInterval(every);
        waiting.delete(done);
        resolve();
      }
      waiting.add(done);
    });
    if (waiting.size === 0) this.#ended.delete(id);
  }

  /** Starts what can be started, after what is being started now. */
  wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    this.#pump = this.#pump.then(() => {
      this.#isWoken = false;
      return this.#attempt(() => this.#startWaiting());
    });
  }

  /** Starts jobs in the order in which they came. One that waits for a host keeps that host from later ones. */
  async #startWaiting(): Promise<void> {
    if (this.#isClosed) return;
    const open = await this.store.open();
    for (const { id, cancel } of open) {
      if (cancel > 0) this.#own.tellToEnd(id, cancel === 1 ? 1 : 2);
      if (cancel > (this.#watched.get(id)?.told ?? cancel)) await this.#tellToEnd(id, cancel === 1 ? 1 : 2);
    }
    let running = open.filter(({ state }) => state === 'running' || state === 'stopping').length;
    const claimed = new Map<string, string>();
    for (const job of open) {
      if (job.state !== 'queued' && job.state !== 'waiting') continue;
      const hosts = hostsOfJob(job);
      const claim = (ids: readonly string[]) => {
        for (const host of hosts) if (!claimed.has(host)) claimed.set(host, job.id);
        return this.store.waits(job, { reason: 'hosts', hosts, jobs: ids });
      };
      const opening = await this.#openingOf(job);
      if (opening > Date.now()) {
        await this.store.waits(job, { reason: 'window', until: opening });
        continue;
      }
      const before = [...new Set(hosts.flatMap((host) => claimed.get(host) ?? []))];
      if (before.length > 0) {
        await claim(before);
        continue;
      }
      if (running >= this.#parts.most) {
        await this.store.waits(job, { reason: 'others' });
        continue;
      }
      const holders = await this.store.start(job);
      if (holders === undefined) {
        running += 1;
        await this.#launch(job);
      } else if (holders.length > 0) await claim(holders);
    }
  }

  /** Returns the time from which a job may start. Where its window has closed while it waited, that is when it opens again. */
  async #openingOf({ id, not_before: notBefore, schedule }: StoredJob): Promise<number> {
    const now = Date.now();
    if (notBefore !== null && notBefore > now) return notBefore;
    const row = schedule === null ? undefined : await this.store.windowOf(schedule);
    const opening = row === undefined ? now : openingOf(row, now);
    if (opening > now) await this.store.putOff(id, opening);
    return opening;
  }

  async #launch(job: StoredJob): Promise<void> {
    try {
      const request = requestOf(job);
      if (isOwnRequest(request)) {
        this.#own.begin(job.id, request, (outcome) => this.#endAtLast(job.id, outcome));
        return;
      }
      const folder = await this.folders.make(job.id);
      const child = startJob(this.#parts.program, job.id, this.#childRequest(job, request, folder), folder);
      const { pid } = child;
      this.#watched.set(job.id, { since: Date.now(), pid, told: 0 });
      child.once('exit', () => void this.#attempt(() => this.#hasEnded(job.id)));
      child.once('error', () => void this.#attempt(() => this.#hasEnded(job.id)));
      // Without the number in the database all goes on: it is for a service that starts before the process has begun.
      if (pid !== undefined) await this.#attempt(() => this.store.setPid(job.id, pid));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      void this.#endAtLast(job.id, { result: 'failed', problem: `it could not be started: ${problem}` });
    }
  }

  /** @throws Problem where the service has no longer what the job is about */
  #childRequest(job: StoredJob, request: Exclude<JobRequest, OwnRequest>, folder: string): ChildRequest {
    if (request.work === 'publication') return { ...request, vendors: this.requireVendors(), folder };
    const site = this.requireSite();
    if (request.work === 'run') return { ...request, site, folder, secrets: this.secretsOf(job) };
    return { ...request, site, folder };
  }

  /** Ends a job that no process is looked after for, as soon as the database takes it; once this is closed, it is asked once. */
  async #endAtLast(id: string, outcome: JobOutcome): Promise<void> {
    for (;;) {
      try {
        await this.#end(id, outcome);
        return;
      } catch (error) {
        if (this.#isClosed) return;
        this.#complain(error);
        await sleep(1000, undefined, { ref: false });
      }
    }
  }

  /** Takes up a job that ran when the service ended: it still runs, has ended meanwhile, or never began. */
  async #takeUp(job: StoredJob): Promise<void> {
    if (isOwnRequest(requestOf(job))) {
      await this.#end(job.id, { result: 'lost', problem: 'the service ended while it was at work' });
      return;
    }
    const begun = await this.folders.startedBy(job.id);
    const runs = job.pid !== null && runsJob(job.pid, job.id);
    if (begun === undefined && !runs && job.cancel === 0) {
      // No process has begun it. One that begins after all, this one or another, is the only one.
      await this.#launch(job);
      return;
    }
    this.#watched.set(job.id, { since: Date.now(), pid: job.pid ?? undefined, told: 0 });
  }

  async #lookAtProcesses(): Promise<void> {
    for (const [id, { since, pid }] of this.#watched) {
      const begun = await this.folders.startedBy(id);
      if (begun !== undefined && begun > 0 ? runsJob(begun, id) : pid !== undefined && runsJob(pid, id)) continue;
      if (begun === undefined && pid === undefined && Date.now() - since < startPatience) continue;
      await this.#hasEnded(id);
    }
  }

  /** Ends a job whose process has ended. Where that fails, the next look tries again. */
  async #hasEnded(id: string): Promise<void> {
    if (!this.#watched.has(id) || this.#ending.has(id)) return;
    this.#ending.add(id);
    try {
      const begun = await this.folders.startedBy(id);
      // The one that has ended was not the one that has begun it.
      if (begun !== undefined && begun > 0 && runsJob(begun, id)) return;
      if (begun === undefined && !(await this.folders.close(id))) return;
      const job = await this.store.find(id);
      if (job !== undefined && job.state !== 'done') await this.#end(id, await this.#outcomeOf(job));
      this.#watched.delete(id);
    } finally {
      this.#ending.delete(id);
    }
  }

  /** Returns the outcome of a job whose process has ended: as its last event says, or lost. */
  async #outcomeOf(job: StoredJob): Promise<JobOutcome> {
    const end = await this.folders.endOf(job.id);
    if (end !== undefined) return outcomeOf(end);
    const left = await this.folders.unfinishedHosts(job.id);
    const hosts = (result: 'cancelled' | 'lost') => Object.fromEntries(left.map((host) => [host, result]));
    if (job.cancel > 0) {
      const at = left.length === 0 ? '' : `; it was at work on ${left.join(', ')}`;
      return { result: 'cancelled', problem: `it was ended at once${at}`, hosts: hosts('cancelled') };
    }
    const said = await this.folders.errorsOf(job.id);
    const problem = [
      left.length === 0
        ? 'its process ended without a word'
        : `its process ended without a word; not finished: ${left.join(', ')}. Run it again: only what is missing is changed`,
      ...(await this.#journalsOf(job, left)),
      ...(said === '' ? [] : [said]),
    ];
    return { result: 'lost', problem: problem.join('\n'), hosts: hosts('lost') };
  }

  /** Returns what the journals of hosts say, a line each. */
  async #journalsOf(job: StoredJob, hosts: readonly string[]): Promise<string[]> {
    const { program, site } = this.#parts;
    const request = requestOf(job);
    if (site === undefined || hosts.length === 0 || !('run' in request)) return [];
    try {
      const run = runOptions.parse({ variables: request.run.variables, limit: hosts.join(',') });
      const answer = await lookAt(program, { work: 'journals', site, run, secrets: this.secretsOf(job) });
      if (!('journals' in answer)) return [];
      return Object.entries(answer.journals).map(
        ([host, begun]) =>
          `${host}: ${begun.length === 0 ? 'no change was under way' : `begun, not finished: ${begun.join(', ')}`}`,
      );
    } catch (error) {
      return [`the hosts could not be asked: ${error instanceof Error ? error.message : String(error)}`];
    }
  }

  /** Says that this service lives, and deals with the jobs of those that don't: what had not begun is taken over, the rest is lost. */
  async #lookAtOthers(): Promise<void> {
    this.#gone = this.#others.gone(await this.store.seen(), performance.now());
    if ((await this.store.takeOver(this.#gone)) > 0) this.wake();
    for (const job of await this.store.runningOf(this.#gone)) void this.#attempt(() => this.#endOfGone(job));
  }

  async #endOfGone(job: StoredJob): Promise<void> {
    if (this.#ending.has(job.id)) return;
    this.#ending.add(job.id);
    try {
      const problem = [
        'the service that ran it is gone. See the hosts, and run it again: only what is missing is changed',
        ...(await this.#journalsOf(job, hostsOfJob(job))),
      ];
      await this.#end(job.id, { result: 'lost', problem: problem.join('\n') });
    } finally {
      this.#ending.delete(job.id);
    }
  }

  async #end(id: string, outcome: JobOutcome): Promise<void> {
    const job = await this.store.find(id);
    if (await this.store.end(id, outcome, await this.#findingsOf(job, outcome))) {
      if (job !== undefined) this.#parts.ended?.(job, outcome);
    }
    this.#tellEnd(id);
    this.wake();
  }

  /** A job ends also where nothing can be read of what it found. */
  async #findingsOf(job: StoredJob | undefined, outcome: JobOutcome) {
    try {
      return job === undefined || job.state === 'done' ? undefined : await this.#parts.findings?.(job, outcome);
    } catch (error) {
      this.#complain(error);
      return undefined;
    }
  }

  #tellEnd(id: string): void {
    for (const done of this.#ended.get(id) ?? []) done();
  }

  /** Tells a job to end: after the tasks under way, or at once. */
  async #tellToEnd(id: string, level: 1 | 2): Promise<void> {
    this.#own.tellToEnd(id, level);
    const watched = this.#watched.get(id);
    if (watched === undefined) return; // It is being started, or its end is being written.
    const pid = (await this.folders.startedBy(id)) || watched.pid;
    if (pid === undefined || !runsJob(pid, id)) return;
    watched.told = level;
    const kill = (signal: NodeJS.Signals) => {
      if (runsJob(pid, id)) process.kill(pid, signal);
    };
    kill('SIGINT');
    if (level === 1) return;
    // A process that was told once ends at the second word; one that wasn't needs it now.
    setTimeout(() => kill('SIGINT'), 200).unref();
    setTimeout(() => kill('SIGKILL'), endPatience).unref();
  }

  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#complain(error);
    }
  }

  /** Writes of an error, once a minute where it stays. */
  #complain(error: unknown): void {
    if (this.#isClosed) return;
    const message = error instanceof Error ? error.message : String(error);
    const now = performance.now();
    if (now - (this.#complaints.get(message) ?? Number.NEGATIVE_INFINITY) < complainEvery) return;
    if (this.#complaints.size >= 100) this.#complaints.clear();
    this.#complaints.set(message, now);
    this.#parts.complain(`jobs: ${error instanceof Error ? (error.stack ?? message) : message}`);
  }
}

function outcomeOf({ result, problem, plan, registry, hosts = {} }: JobEnd): JobOutcome {
  const results = Object.fromEntries(Object.entries(hosts).map(([host, of]) => [host, String(of)]));
  return { result, problem, plan, hosts: results, subject: registry };
}
