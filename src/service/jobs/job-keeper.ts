import { Problem } from '../problem.js';
import type { Database } from '../store/database.js';
import type { SealingKey } from '../store/key-file.js';
import { type JobSiteOptions, jobEnd, runOptions } from './child/child-request.js';
import { hostsOfJob, type JobRequest, requestOf, type StoredJob } from './job.js';
import type { JobFolders } from './job-folders.js';
import { type JobProgram, lookAt, runsJob, startJob } from './job-process.js';
import { type JobOutcome, JobStore, type NewJob } from './job-store.js';
import { type KeptJobs, removeOldJobs } from './kept-jobs.js';

/** Work that the service does itself, without a process of its own. */
export type OwnWork = (request: Extract<JobRequest, { work: 'reconcile' | 'backup' }>) => Promise<JobOutcome>;

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
  /** Jobs that run at a time. */
  readonly most: number;
  readonly kept: KeptJobs;
  readonly ownWork: OwnWork;
  readonly complain: (message: string) => void;
}

/** Milliseconds between two looks at processes that this one didn't start. */
const lookEvery = 500;
/** Milliseconds between two words that this instance lives, and after how many it counts as gone. */
const seenEvery = 10_000;
const goneAfter = 60_000;
/** Milliseconds in which a process that shall end at once must have done so. */
const endPatience = 10_000;
/** Milliseconds in which a process that was just started says that it has begun. */
const startPatience = 30_000;

/** Runs jobs: each in a process of its own, one at a time a host, and so that none is lost or begun twice. */
export class JobKeeper {
  readonly store: JobStore;
  readonly folders: JobFolders;
  readonly #parts: JobKeeperParts;
  /** Jobs that this process watches, and when it began to. */
  readonly #watched = new Map<string, number>();
  readonly #ended = new Map<string, Set<() => void>>();
  readonly #timers: NodeJS.Timeout[] = [];
  #pump: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: JobKeeperParts) {
    this.#parts = parts;
    this.folders = parts.folders;
    this.store = new JobStore(parts.database, parts.instance);
  }

  /** Finds what ran when the service ended, and goes on with what waits. */
  async begin(): Promise<void> {
    await this.store.seen(goneAfter);
    for (const job of await this.store.open()) {
      if (job.state === 'running' || job.state === 'stopping') await this.#takeUp(job);
    }
    const every = (milliseconds: number, work: () => Promise<unknown>) => {
      this.#timers.push(setInterval(() => void this.#attempt(work), milliseconds).unref());
    };
    every(lookEvery, () => this.#lookAtProcesses());
    every(seenEvery, async () => {
      if ((await this.store.seen(goneAfter)) > 0) this.wake();
    });
    every(3_600_000, () => removeOldJobs(this.store, this.folders, this.#parts.kept));
    this.wake();
  }

  /** Stops watching. Jobs go on; a service that starts again finds them. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#pump;
  }

  /** Returns the site. @throws Problem where the service has none */
  requireSite(): JobSiteOptions {
    const { site } = this.#parts;
    if (site !== undefined) return site;
    throw new Problem('conflict', 'this service has no site: start it with --site SITE.yaml -i INVENTORY');
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
    } else if (job.owner === this.#parts.instance) await this.#signal(id, level);
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
      const every = setInterval(() => void this.store.find(id).then((job) => job?.state === 'done' && done()), 1000);
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
    this.#pump = this.#pump.then(() => this.#attempt(() => this.#startWaiting()));
  }

  /** Starts jobs in the order in which they came. One that waits for a host keeps that host from later ones. */
  async #startWaiting(): Promise<void> {
    if (this.#isClosed) return;
    const open = await this.store.open();
    let running = open.filter(({ state }) => state === 'running' || state === 'stopping').length;
    const claimed = new Map<string, string>();
    for (const job of open) {
      if (job.state !== 'queued' && job.state !== 'waiting') continue;
      const hosts = hostsOfJob(job);
      const claim = (ids: readonly string[]) => {
        for (const host of hosts) if (!claimed.has(host)) claimed.set(host, job.id);
        return this.store.waits(job.id, { reason: 'hosts', hosts, jobs: ids });
      };
      if (job.not_before !== null && job.not_before > Date.now()) {
        await this.store.waits(job.id, { reason: 'window', until: job.not_before });
        continue;
      }
      const before = [...new Set(hosts.flatMap((host) => claimed.get(host) ?? []))];
      if (before.length > 0) {
        await claim(before);
        continue;
      }
      if (running >= this.#parts.most) {
        await this.store.waits(job.id, { reason: 'others' });
        continue;
      }
      const holders = await this.store.start(job);
      if (holders === undefined) {
        running += 1;
        await this.#launch(job);
      } else if (holders.length > 0) await claim(holders);
    }
  }

  async #launch(job: StoredJob): Promise<void> {
    const request = requestOf(job);
    if (request.work === 'reconcile' || request.work === 'backup') {
      void this.#attempt(async () => this.#end(job.id, await this.#doOwn(request)));
      return;
    }
    try {
      const folder = await this.folders.make(job.id);
      const site = this.requireSite();
      const child = startJob(
        this.#parts.program,
        job.id,
        request.work === 'run'
          ? { ...request, site, folder, secrets: this.secretsOf(job) }
          : { ...request, site, folder },
        folder,
      );
      this.#watched.set(job.id, Date.now());
      child.once('exit', () => void this.#attempt(() => this.#hasEnded(job.id)));
      child.once('error', () => void this.#attempt(() => this.#hasEnded(job.id)));
      if (child.pid !== undefined) await this.store.setPid(job.id, child.pid);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      await this.#end(job.id, { result: 'failed', problem: `it could not be started: ${problem}` });
    }
  }

  async #doOwn(request: Parameters<OwnWork>[0]): Promise<JobOutcome> {
    try {
      return await this.#parts.ownWork(request);
    } catch (error) {
      return { result: 'failed', problem: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Takes up a job that ran when the service ended: it still runs, has ended meanwhile, or never began. */
  async #takeUp(job: StoredJob): Promise<void> {
    const { work } = requestOf(job);
    if (work === 'reconcile' || work === 'backup') {
      await this.#end(job.id, { result: 'lost', problem: 'the service ended while it was at work' });
      return;
    }
    const pid = await this.folders.startedBy(job.id);
    if (pid === undefined && (job.pid === null || !runsJob(job.pid, job.id))) {
      // No process has begun it. One that begins after all ends as soon as it sees that another has.
      if (job.cancel > 0) await this.#end(job.id, { result: 'cancelled' });
      else await this.#launch(job);
      return;
    }
    this.#watched.set(job.id, Date.now());
    if (job.cancel > 0) await this.#signal(job.id, job.cancel === 1 ? 1 : 2);
  }

  async #lookAtProcesses(): Promise<void> {
    for (const [id, since] of this.#watched) {
      const pid = await this.folders.startedBy(id);
      const known = pid ?? (await this.store.find(id))?.pid ?? undefined;
      if (known !== undefined && runsJob(known, id)) continue;
      if (pid === undefined && known === undefined && Date.now() - since < startPatience) continue;
      await this.#hasEnded(id);
    }
  }

  /** Ends a job whose process has ended, as its last event says, or as lost. */
  async #hasEnded(id: string): Promise<void> {
    if (!this.#watched.delete(id)) return;
    const job = await this.store.find(id);
    if (job === undefined || job.state === 'done') return;
    const line = await this.folders.lastLine(id);
    const end = jobEnd.safeParse(line === undefined ? undefined : JSON.parse(line));
    if (end.success) {
      const { result, problem, plan, registry } = end.data;
      const hosts = Object.fromEntries(Object.entries(end.data.hosts ?? {}).map(([host, of]) => [host, String(of)]));
      await this.#end(id, { result, problem, plan, hosts, subject: registry });
      return;
    }
    const left = await this.#unfinishedHosts(id);
    const hosts = Object.fromEntries(left.map((host) => [host, job.cancel > 0 ? 'cancelled' : 'lost']));
    if (job.cancel > 0) {
      const at = left.length === 0 ? '' : `; it was at work on ${left.join(', ')}`;
      await this.#end(id, { result: 'cancelled', problem: `it was ended at once${at}`, hosts });
      return;
    }
    const said = await this.folders.errorsOf(id);
    const problem = [
      'its process ended without a word',
      ...(left.length === 0
        ? []
        : [`; not finished: ${left.join(', ')}. Run it again: only what is missing is changed`]),
      ...(said === '' ? [] : [`\n${said}`]),
    ].join('');
    await this.#end(id, { result: 'lost', problem, hosts });
    if (left.length > 0) await this.#askHosts(job, problem, left);
  }

  /** Adds to the problem of a lost job what its hosts' journals say. */
  async #askHosts({ id }: StoredJob, problem: string, hosts: readonly string[]): Promise<void> {
    const { program, site } = this.#parts;
    if (site === undefined) return;
    const run = runOptions.parse({ limit: hosts.join(',') });
    const answer = await lookAt(program, { work: 'journals', site, run });
    if (!('journals' in answer)) return;
    const lines = Object.entries(answer.journals).map(
      ([host, begun]) =>
        `${host}: ${begun.length === 0 ? 'no change was under way' : `begun, not finished: ${begun.join(', ')}`}`,
    );
    await this.store.setProblem(id, `${problem}\n${lines.join('\n')}`);
  }

  /** Returns the hosts that a job had begun with and not ended. */
  async #unfinishedHosts(id: string): Promise<string[]> {
    const stream = await this.folders.openEvents(id);
    if (stream === undefined) return [];
    const begun = new Set<string>();
    let rest = '';
    for await (const chunk of stream) {
      const lines = `${rest}${String(chunk)}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (!/"host-(start|end)"/.test(line)) continue;
        const { event, host } = JSON.parse(line);
        if (event === 'host-start') begun.add(host);
        else if (event === 'host-end') begun.delete(host);
      }
    }
    return [...begun];
  }

  async #end(id: string, outcome: JobOutcome): Promise<void> {
    await this.store.end(id, outcome);
    this.#tellEnd(id);
    this.wake();
  }

  #tellEnd(id: string): void {
    for (const done of this.#ended.get(id) ?? []) done();
  }

  /** Tells the process of a job to end: after the tasks under way, or at once. */
  async #signal(id: string, level: 1 | 2): Promise<void> {
    const pid = (await this.folders.startedBy(id)) ?? (await this.store.find(id))?.pid ?? undefined;
    if (pid === undefined || !runsJob(pid, id)) return;
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
      if (!this.#isClosed)
        this.#parts.complain(`jobs: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
}
