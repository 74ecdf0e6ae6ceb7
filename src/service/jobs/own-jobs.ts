import { setTimeout as sleep } from 'node:timers/promises';
import { EventFile } from './child/event-file.js';
import type { OwnRequest } from './job.js';
import type { JobFolders } from './job-folders.js';
import type { JobOutcome } from './job-store.js';

/** Milliseconds that a service which ends waits for such work. */
const endPatience = 3000;

/** Work that the service does itself, without a process of its own. */
export type OwnWork = (
  request: OwnRequest,
  say: (text: string, level?: 'info' | 'warning') => void,
  signals: OwnSignals,
) => Promise<JobOutcome>;

/** Words to end that such work gets. */
export interface OwnSignals {
  /** Begins nothing new: what is under way comes to its end. */
  readonly noMore: AbortSignal;
  /** Ends at once. */
  readonly atOnce: AbortSignal;
}

interface UnderWay {
  readonly noMore: AbortController;
  readonly atOnce: AbortController;
  readonly ended: Promise<void>;
}

/** Jobs that are done in the service's own process. */
export class OwnJobs {
  readonly #folders: JobFolders;
  readonly #work: OwnWork;
  readonly #underWay = new Map<string, UnderWay>();

  constructor(folders: JobFolders, work: OwnWork) {
    this.#folders = folders;
    this.#work = work;
  }

  /** Does a job and ends it; what it says are its events. One that fails once it was told to end is cancelled. */
  begin(id: string, request: OwnRequest, end: (outcome: JobOutcome) => Promise<void>): void {
    const [noMore, atOnce] = [new AbortController(), new AbortController()];
    const ended = this.#do(id, request, { noMore: noMore.signal, atOnce: atOnce.signal })
      .then(end)
      .finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, { noMore, atOnce, ended });
  }

  /** Tells a job to end: to begin nothing more, or at once. Nothing where it is not done here. */
  tellToEnd(id: string, level: 1 | 2, reason = 'it was cancelled'): void {
    const job = this.#underWay.get(id);
    job?.noMore.abort(new Error(reason));
    if (level === 2) job?.atOnce.abort(new Error(reason));
  }

  /** Ends all at once. Resolves when they have ended, or after some seconds: one that goes on is found lost by the next start. */
  async close(): Promise<void> {
    const all = [...this.#underWay];
    for (const [id] of all) this.tellToEnd(id, 2, 'the service was stopped');
    await Promise.race([Promise.all(all.map(([, { ended }]) => ended)), sleep(endPatience, undefined, { ref: false })]);
  }

  async #do(id: string, request: OwnRequest, signals: OwnSignals): Promise<JobOutcome> {
    let events: EventFile | undefined;
    try {
      await this.#folders.make(id);
      events = new EventFile(this.#folders.eventsPath(id));
      const say = (text: string, level: 'info' | 'warning' = 'info') =>
        events?.add({ event: 'message', time: new Date().toISOString(), level, text });
      return await this.#work(request, say, signals);
    } catch (error) {
      const { aborted, reason } = signals.noMore;
      const problem = error instanceof Error ? error.message : String(error);
      return aborted ? { result: 'cancelled', problem: String(reason.message) } : { result: 'failed', problem };
    } finally {
      events?.close();
    }
  }
}
