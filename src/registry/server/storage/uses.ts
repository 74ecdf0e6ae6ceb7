import { lutimes } from 'node:fs/promises';
import { BoundedMap } from '../bounded-map.js';
import type { Layout } from './layout.js';
import { isNoFile, plainStatsNow } from './plain-file.js';
import { leadsOut } from './within-storage.js';

/** Files whose times are remembered. */
const mostRecent = 2000;

/**
 * Record of what requests rely on: the time of a file that they find, a link or content. One that was used lately is not
 * collected, whichever process used it, also after a restart. Why that is enough is written in gc/collect.ts.
 */
export class Uses {
  /** Files whose time is being written. */
  readonly #claimed = new Map<string, number>();
  readonly #sections = new Set<Promise<unknown>>();
  /** Times of files that were asked for lately, in milliseconds. */
  readonly #recent = new BoundedMap<string, number>(mostRecent, () => 1);
  readonly #distrusted = new Set<string>();
  readonly #layout: Layout;
  /** Error that kept a use from being recorded: nothing may be collected then. */
  failure: string | undefined;

  /**
   * @param refresh milliseconds in which a use is as good as another: the time of a file is not written for each request
   * @param writes false: the storage is only read, and nothing is pushed by what is found here
   */
  constructor(
    layout: Layout,
    readonly refresh: number,
    readonly writes: boolean,
  ) {
    this.#layout = layout;
  }

  /** Records the use of a file. False where there is none, or an empty one: it may have been collected just now. */
  async renew(path: string): Promise<boolean> {
    const stats = plainStatsNow(path);
    if (stats === undefined || stats.size === 0) return false;
    if (!this.writes) return true;
    const now = Date.now();
    const fresh = stats.mtimeMs > now - this.refresh;
    if (!fresh && !(await this.#touch(path))) return false;
    this.#recent.set(path, fresh ? stats.mtimeMs : now);
    return true;
  }

  /** Returns true where the use of a file, which is there, was recorded just now: the storage need not be asked. */
  isFresh(path: string): boolean {
    const time = this.#recent.get(path);
    return !this.writes || (time !== undefined && time > Date.now() - this.refresh);
  }

  /** {@link renew} of content: its bytes must have a size, and not be known to be damaged. */
  async renewContent(path: string, size: number): Promise<boolean> {
    if (this.#distrusted.has(path)) return false;
    const stats = plainStatsNow(path);
    if (stats?.size !== size) return false;
    return stats.mtimeMs > Date.now() - this.refresh || (await this.#touch(path));
  }

  /** Returns true while the use of a file is being recorded. */
  isClaimed(path: string): boolean {
    return this.#claimed.has(path);
  }

  /** Does work in which one thing follows from another that was found: a collection doesn't begin in its middle. */
  async section<Value>(work: () => Promise<Value>): Promise<Value> {
    const under = work();
    this.#sections.add(under);
    try {
      return await under;
    } finally {
      this.#sections.delete(under);
    }
  }

  /** Resolves when the sections that are under way now have ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#sections);
  }

  /** Content that is damaged: when it is pushed again, it is replaced. */
  distrust(path: string): void {
    this.#distrusted.add(path);
  }

  /** Returns true for content that is known to be damaged. */
  isDistrusted(path: string): boolean {
    return this.#distrusted.has(path);
  }

  trust(path: string): void {
    this.#distrusted.delete(path);
  }

  async #touch(path: string): Promise<boolean> {
    this.#claimed.set(path, (this.#claimed.get(path) ?? 0) + 1);
    try {
      if (leadsOut(this.#layout, path)) return true; // Nothing is collected there.
      const now = new Date();
      await lutimes(path, now, now);
      return true;
    } catch (error) {
      if (isNoFile(error)) return false;
      this.failure = String(error);
      return true;
    } finally {
      const left = (this.#claimed.get(path) ?? 1) - 1;
      if (left === 0) this.#claimed.delete(path);
      else this.#claimed.set(path, left);
    }
  }
}
