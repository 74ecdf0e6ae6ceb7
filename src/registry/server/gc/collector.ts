import { stat } from 'node:fs/promises';
import type { TagTest } from '../rules/immutable-tags.js';
import { unlessMissing, writeWhole } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';
import type { Uses } from '../storage/uses.js';
import { requireWithin } from '../storage/within-storage.js';
import { type CollectedGarbage, collect } from './collect.js';
import type { Presence } from './presence.js';
import type { RetentionWishes } from './retain.js';

/** Options of a {@link Collector}. */
export interface CollectorOptions {
  readonly layout: Layout;
  readonly uses: Uses;
  readonly presence: Presence;
  readonly complain: (message: string) => void;
  /** Milliseconds for which what was used stays, unless a run says otherwise. */
  readonly grace: number;
  /** Milliseconds after their last use in which manifests go, with their tags; undefined: they stay. */
  readonly unusedFor?: number | undefined;
  readonly mostManifest: number;
  readonly isImmutable: TagTest;
  /** Called when content was removed. */
  readonly removed: () => Promise<void>;
}

/** Wishes for one collection. */
export interface GcRequest {
  readonly apply: boolean;
  readonly deleteUntagged: boolean;
  /** Rules of the tags that stay; undefined: all do. */
  readonly retain?: RetentionWishes | undefined;
  /** Seconds. */
  readonly grace?: number | undefined;
}

/** State of the collections of a server. */
export interface GcState {
  readonly running: boolean;
  /** Number of the run that is under way, or was the last. */
  readonly run: number;
  /** Result of the last run that ended. */
  readonly report?: CollectedGarbage;
  /** Error that ended it. */
  readonly error?: string;
}

/** Grace time, in seconds, below which nothing is collected beside other servers. */
const leastBesideOthers = 600;

/** Collections of a server: one at a time. */
export class Collector {
  #run = 0;
  #under: Promise<void> | undefined;
  /** Set while a request is checked, which reads the disk: a second does not begin beside it. */
  #beginning = false;
  #last: Pick<GcState, 'report' | 'error'> = {};
  #timer: NodeJS.Timeout | undefined;
  readonly #stop = new AbortController();
  readonly totals = { done: 0, failed: 0, blobs: 0, bytes: 0, manifests: 0, lastEnd: 0, lastSeconds: 0 };

  readonly #options: CollectorOptions;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  get state(): GcState {
    return { running: this.#under !== undefined, run: this.#run, ...this.#last };
  }

  /** Begins a collection, or says why not. */
  async begin(request: GcRequest): Promise<{ readonly run: number; readonly end: Promise<void> } | { why: string }> {
    const { uses, presence } = this.#options;
    const grace = request.grace ?? this.#options.grace / 1000;
    const least = uses.refresh / 100; // Ten times the time in which a use is not recorded anew.
    if (grace < least) return { why: `grace must be ${least} seconds or more` };
    if (this.#beginning || this.#under !== undefined) return { why: 'a collection is under way' };
    this.#beginning = true;
    try {
      const [other] = grace < leastBesideOthers ? await presence.others() : [];
      if (other !== undefined) {
        const who = `process ${other.pid} of ${other.host} (${other.url})`;
        return { why: `grace must be ${leastBesideOthers} seconds or more: ${who} writes to the folder as well` };
      }
      this.#run += 1;
      this.#under = this.#collect(request, grace * 1000);
      return { run: this.#run, end: this.#under };
    } finally {
      this.#beginning = false;
    }
  }

  /**
   * Collects whenever so many milliseconds have passed since the last time, also of an earlier server.
   * @param deleteUntagged also delete manifests without a tag
   * @param settling milliseconds from now on before which none begins
   */
  async schedule(every: number, deleteUntagged: boolean, settling: number): Promise<void> {
    const last = (await unlessMissing(stat(this.#mark)))?.mtimeMs ?? Date.now();
    const next = (wait: number) => {
      if (this.#stop.signal.aborted) return;
      this.#timer = setTimeout(() => void run(), Math.min(wait, longestWait)).unref();
    };
    const due = { at: Math.max(last + every, Date.now() + settling) };
    const run = async () => {
      if (Date.now() >= due.at) {
        due.at = Date.now() + every;
        const begun = await this.begin({ apply: true, deleteUntagged });
        if ('end' in begun) await begun.end;
      }
      next(due.at - Date.now());
    };
    next(due.at - Date.now());
  }

  /** Ends what is under way, between two files. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort(new Error('the server was stopped'));
    await this.#under;
  }

  get #mark(): string {
    return `${this.#options.layout.own}/collected`;
  }

  async #collect({ apply, deleteUntagged, retain }: GcRequest, grace: number): Promise<void> {
    const { layout, uses, complain, mostManifest, unusedFor } = this.#options;
    const { signal } = this.#stop;
    const { totals } = this;
    try {
      const rules = retain === undefined ? undefined : { ...retain, isImmutable: this.#options.isImmutable };
      const wishes = { apply, deleteUntagged, retain: rules, grace };
      const report = await collect({ layout, uses, complain, mostManifest, unusedFor, signal, ...wishes });
      this.#last = { report };
      if (!apply) return;
      totals.done += 1;
      await this.#options.removed();
      totals.blobs += report.blobs;
      totals.bytes += report.bytes;
      totals.manifests += report.manifests;
      totals.lastEnd = Date.now() / 1000;
      totals.lastSeconds = report.seconds;
      requireWithin(layout, this.#mark);
      await writeWhole(this.#mark, `${report.began}\n`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#last = { error: why };
      if (apply) totals.failed += 1;
      complain(`the collection of garbage ended: ${why}`);
    } finally {
      this.#under = undefined;
    }
  }
}

/** Longest time of a timer of Node, in milliseconds. */
const longestWait = 2 ** 31 - 1;
