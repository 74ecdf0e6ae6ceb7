import { hostsIn } from '../jobs/add-job.js';
import { runOptions } from '../jobs/child/child-request.js';
import { hostsOfJob } from '../jobs/job.js';
import type { ServiceParts } from '../service-parts.js';

/** Name under which the service checks the site by itself. */
export const driftWatcher = 'provision-drift';

/** Share of the time between two checks by which one comes earlier or later, so that services don't all work at once. */
const jitter = 0.1;

/** Times of a {@link DriftWatch}, in milliseconds. */
export interface DriftWatchTimes {
  /** Between two checks of the site. */
  readonly every: number;
  /** After the start, at least. */
  readonly first: number;
  /** Between two looks at what is due. */
  readonly look: number;
}

type Parts = Pick<ServiceParts, 'database' | 'drift' | 'complain'> & {
  readonly site: Pick<ServiceParts['site'], 'check'>;
  readonly jobs: Pick<ServiceParts['jobs'], 'store' | 'add'>;
};

/** Clock of the service's own checks of the whole site. Where another job is on one of the hosts, a check waits for its end. */
export class DriftWatch {
  readonly #parts: Parts;
  readonly #times: DriftWatchTimes;
  readonly #chance = 1 - jitter + 2 * jitter * Math.random();
  #timer: NodeJS.Timeout | undefined;
  #notBefore = 0;
  #looking: Promise<void> | undefined;

  constructor(parts: Parts, times: DriftWatchTimes) {
    this.#parts = parts;
    this.#times = times;
  }

  begin(): void {
    this.#notBefore = Date.now() + this.#times.first;
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    }, this.#times.look).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const now = Date.now();
    if (now < this.#notBefore) return;
    try {
      // Another service on the database may have done it.
      const last = await this.#lastCheck();
      const due = last === undefined ? 0 : last + this.#times.every * this.#chance;
      if (due > now) return;
      await this.#add();
    } catch (error) {
      this.#notBefore = now + Math.min(this.#times.every, 600_000);
      this.#parts.complain(`the site is not checked: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #lastCheck(): Promise<number | undefined> {
    const row = await this.#parts.database.db
      .selectFrom('jobs')
      .select('created_at')
      .where('kind', '=', 'check')
      .where('created_by', '=', driftWatcher)
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.created_at;
  }

  async #add(): Promise<void> {
    const { site, jobs, drift } = this.#parts;
    const run = runOptions.parse({ check: true });
    if (await this.#isBusy(new Set())) return;
    const look = await site.check({ run });
    const hosts = hostsIn(look);
    await drift.keepHosts(new Set(look.hosts.map(({ name }) => name)));
    if (hosts.length === 0 || (await this.#isBusy(new Set(hosts)))) return;
    const request = { work: 'run' as const, run };
    await jobs.add({ kind: 'check', request, hosts, by: driftWatcher, reason: 'drift_every' });
  }

  /** Returns true where its own check has not ended, or a job is on one of these hosts. */
  async #isBusy(hosts: ReadonlySet<string>): Promise<boolean> {
    const open = await this.#parts.jobs.store.list(1000, { state: 'open' });
    const own = new Set(['provision', 'check', 'sync']);
    return open.some((job) => {
      if (job.created_by === driftWatcher) return true;
      return own.has(job.kind) && hostsOfJob(job).some((host) => hosts.has(host));
    });
  }
}
