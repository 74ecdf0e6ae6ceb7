import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError } from '../connection.js';
import type { HostProcess } from '../process.js';
import type { SshRoute } from './ssh-link.js';

/** Starts a command on a channel of a link. @throws ConnectionError `shell` where sshd opens no channel */
export type StartOnRoute = (route: SshRoute, command: string) => Promise<HostProcess>;

interface Lane {
  readonly route: SshRoute;
  open: number;
  /** Time of the last end of a channel: sshd counts it a moment longer than we do. */
  lastEnd: number;
}

/** Milliseconds for which sshd may still count a session that has ended. */
const lingering = 2000;

/**
 * Channels to a host. sshd limits them for each connection (MaxSessions). Where it opens no more beside those that are
 * open, another connection is made for the next; with `MaxSessions 1`, one for each channel.
 */
export class ChannelPool {
  readonly #openAnother: () => Promise<SshRoute>;
  readonly #start: StartOnRoute;
  readonly #first: Lane;
  #more: Lane[] = [];
  /** Channels that the server opens on one connection, once it has refused one. */
  #mostOfOne = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor(first: SshRoute, openAnother: () => Promise<SshRoute>, start: StartOnRoute) {
    this.#first = laneOf(first);
    this.#openAnother = openAnother;
    this.#start = start;
  }

  /** Starts a command where there is room for its channel. */
  async start(command: string): Promise<HostProcess> {
    this.#more = this.#more.filter(({ route, open }) => open > 0 || !route.link.lost.aborted);
    for (const lane of [this.#first, ...this.#more]) {
      if (lane.open >= this.#mostOfOne) continue;
      try {
        return await this.#startOn(lane, command);
      } catch (error) {
        if (!isRefused(error) || lane.open === 0) throw error;
        this.#mostOfOne = Math.min(this.#mostOfOne, lane.open);
      }
    }
    const lane = laneOf(await this.#openAnother());
    if (this.#isClosed) {
      lane.route.link.client.end();
      lane.route.release();
      throw new ConnectionError('lost', 'the connection was closed');
    }
    this.#more.push(lane);
    return this.#startOn(lane, command);
  }

  /** Returns the links, which are to be closed: no more are made. */
  routes(): readonly SshRoute[] {
    this.#isClosed = true;
    return [this.#first, ...this.#more].map(({ route }) => route);
  }

  async #startOn(lane: Lane, command: string): Promise<HostProcess> {
    lane.open += 1;
    const leave = () => {
      lane.open -= 1;
      lane.lastEnd = performance.now();
    };
    try {
      const process = await this.#retryRefused(lane, command);
      void process.ended.then(leave);
      return process;
    } catch (error) {
      lane.open -= 1;
      throw error;
    }
  }

  /** Retries for a short while where a session that has ended may still count. */
  async #retryRefused(lane: Lane, command: string): Promise<HostProcess> {
    for (let wait = 100; ; wait *= 2) {
      try {
        return await this.#start(lane.route, command);
      } catch (error) {
        const isLingering = performance.now() - lane.lastEnd < lingering;
        if (!isRefused(error) || !isLingering || wait > 800) throw error;
      }
      await sleep(wait);
    }
  }
}

function laneOf(route: SshRoute): Lane {
  return { route, open: 0, lastEnd: Number.NEGATIVE_INFINITY };
}

function isRefused(error: unknown): boolean {
  return error instanceof ConnectionError && error.problem === 'shell';
}
