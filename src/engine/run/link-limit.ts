import { ConnectionError } from '../../connection/connection.js';
import type { ConnectionSettings } from '../../model/play.js';
import { isOutOfDescriptors, mostDescriptors } from '../out-of-descriptors.js';

/** Descriptors left for all else: files that are read and sent, the log, registries, names that are looked up. */
const reserve = 40;
/** Seconds in which a link must be released: hosts that are connected may wait for one that is not. */
const patience = 30;

/** Host that keeps its link for a later play. */
interface IdleHost {
  close(): Promise<void>;
}

/** Options of a {@link LinkLimit}. */
export interface LinkLimitOptions {
  readonly warn: (text: string) => void;
  /** Descriptors that this process may have; default: as the system says. */
  readonly descriptors?: number | undefined;
}

/**
 * Limit of the links of a run. Each takes descriptors of this machine. Where they run out, fewer hosts are worked on at
 * a time; no host fails for it. Links of hosts that only wait for a later play are closed first.
 */
export class LinkLimit {
  readonly #warn: (text: string) => void;
  readonly #idle = new Set<IdleHost>();
  #most: number;
  #held = 0;
  #hasWarned = false;
  #waiting: (() => void)[] = [];

  constructor({ warn, descriptors = mostDescriptors() }: LinkLimitOptions) {
    this.#warn = warn;
    this.#most = descriptors === undefined ? Number.POSITIVE_INFINITY : Math.max(1, descriptors - reserve);
  }

  /**
   * Connects once there is room. Whoever has the link must {@link release} it.
   *
   * @throws Error of this machine when it has no descriptors left for a single link
   */
  async connect<Link>(settings: ConnectionSettings, connect: () => Promise<Link>): Promise<Link> {
    const size = sizeOf(settings);
    for (;;) {
      const hasRoom = await this.#take(size);
      const isAlone = this.#held === size;
      try {
        return await connect();
      } catch (error) {
        this.release(settings);
        if (!isOutOfDescriptors(error)) throw error;
        this.#warnOnce();
        if (!hasRoom || isAlone) throw noneLeft(error);
        this.#most = Math.min(this.#most, Math.max(1, this.#held - Math.min(reserve, Math.ceil(this.#held / 4))));
      }
    }
  }

  /** Takes descriptors once there is room. @returns false when there was none for long: others may wait for this very host */
  async #take(size: number): Promise<boolean> {
    let isInTime = true;
    while (isInTime && this.#held > 0 && this.#held + size > this.#most) {
      if (await this.#closeIdle()) continue;
      this.#warnOnce();
      isInTime = await this.#released();
    }
    this.#held += size;
    return isInTime;
  }

  /** Releases the descriptors of a link that was closed. */
  release(settings: ConnectionSettings): void {
    this.#held -= sizeOf(settings);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Notes that a host keeps its link for a later play, and may be closed before. */
  keepIdle(host: IdleHost): void {
    this.#idle.add(host);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Notes that a host is worked on. */
  use(host: IdleHost): void {
    this.#idle.delete(host);
  }

  async #closeIdle(): Promise<boolean> {
    const [host] = this.#idle;
    if (host === undefined) return false;
    this.#idle.delete(host);
    await host.close();
    return true;
  }

  /** Waits until a link is released. @returns false when none was in time */
  #released(): Promise<boolean> {
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), patience * 1000);
      this.#waiting.push(() => {
        clearTimeout(late);
        resolve(true);
      });
    });
  }

  #warnOnce(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#warn(`${tooFew}. Fewer hosts than --forks says are worked on at a time. Raise the limit with ulimit -n.`);
  }
}

/** Returns the descriptors that a link takes: a socket, or the three pipes of each of two users' shells. */
function sizeOf({ connection }: ConnectionSettings): number {
  return connection === 'local' ? 6 : 1;
}

function noneLeft(cause: unknown): Error {
  return new ConnectionError('shell', tooFew, 'raise the limit with ulimit -n, or give a smaller --forks', { cause });
}

const tooFew = 'this machine lets provision open too few files and connections at a time';
