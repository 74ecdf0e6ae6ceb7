import type { Duplex, Readable } from 'node:stream';
import {
  type Claim,
  type Connection,
  ConnectionError,
  type Request,
  type Response,
} from '../../connection/connection.js';
import { runFolder } from '../../connection/shell/run-lock.js';
import type { Become } from '../../model/task.js';
import { type Sh, sh } from '../../sh.js';
import { explain } from '../explain.js';

/** The link was gone before a change was sent: nothing of it can have reached the host. */
export class UnsentError extends ConnectionError {
  constructor() {
    super('lost', 'the link was lost');
  }
}

/** What a {@link LastingConnection} is made of. */
export interface LastingParts {
  /** Connects once. */
  connect(): Promise<Connection>;
  /** Names this host's run on the host; undefined where no lock is taken. */
  readonly claim: string | undefined;
  /** Who the lock is taken as. */
  readonly main: Become;
  /** Seconds in which a link that was lost must stand again. */
  readonly seconds: number;
  /** Resolves when the run is interrupted: a host that is out of reach is waited for no longer. */
  readonly interrupted: Promise<undefined>;
  say(text: string): void;
}

/** How often a question is repeated, each time on a new link. */
const repeats = 2;
/** Milliseconds from one attempt to connect to the next: the first, and the longest. */
const pauses = { first: 250, longest: 4000 };
/** Seconds that what a lost link left running is given where no change is known that may take longer. */
const usualPatience = 5;

/**
 * A connection that outlives its link: what only reads is asked again on a new one, with the run lock taken again. A
 * change is sent once: whoever sent it has to find out what became of it.
 */
export class LastingConnection implements Connection {
  /** Whether what the host has written down since the lock was taken is still there: it was not started anew. */
  isSameBoot = false;
  /** How many links there were after the first. */
  renewals = 0;
  readonly #parts: LastingParts;
  #link: Connection;
  #broken: ConnectionError | undefined;
  #renewal: Promise<void> | undefined;
  #patience = usualPatience;
  #hasAnswered = false;
  #isClosed = false;
  readonly #closing: Promise<void>[] = [];

  constructor(first: Connection, parts: LastingParts) {
    this.#link = first;
    this.#parts = parts;
    if (parts.claim !== undefined) first.lock(parts.main, { name: parts.claim });
  }

  probe(requests: readonly Request[], as: Become): Promise<readonly Response[]> {
    return this.#repeated((link) => link.probe(requests, as));
  }

  dial(host: string, port: number): Promise<Duplex> {
    return this.#repeated((link) => link.dial(host, port));
  }

  async apply(change: Request, probes: readonly Request[], as: Become): Promise<readonly [Response, ...Response[]]> {
    return this.#once(change.deadline, (link) => link.apply(change, probes, as));
  }

  async upload(
    script: Sh,
    content: Readable,
    as: Become,
    options: { deadline?: number; onLine?: (line: string) => void } = {},
  ): Promise<Response> {
    return this.#once(options.deadline, (link) => link.upload(script, content, as, options));
  }

  /** Makes a change that does no more the second time than the first: repeated as questions are. */
  async applyAgain(script: Sh, as: Become): Promise<Response> {
    const [response] = await this.#repeated((link) => link.apply({ script }, [], as));
    return response;
  }

  isLost(): boolean {
    return this.#broken !== undefined || this.#link.isLost?.() === true;
  }

  /** Makes a link anew that is gone, whether or not anything has come of that yet. */
  async mend(): Promise<void> {
    if (this.isLost()) this.#note(this.#link, new ConnectionError('lost', 'the link was lost'));
    await this.#whole();
  }

  lock(as: Become, claim?: Claim): void {
    this.#link.lock(as, claim);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#link.close(), ...this.#closing]);
  }

  async #once<Result>(deadline: number | undefined, work: (link: Connection) => Promise<Result>): Promise<Result> {
    // What it was planned from was read over a link that is gone: that has to be read again first.
    if (this.isLost()) throw new UnsentError();
    const link = this.#link;
    this.#patience = deadline ?? usualPatience;
    try {
      const result = await work(link);
      this.#hasAnswered = true;
      this.#patience = usualPatience;
      return result;
    } catch (error) {
      if (isLost(error)) this.#note(link, error);
      throw error;
    }
  }

  async #repeated<Result>(work: (link: Connection) => Promise<Result>): Promise<Result> {
    for (let left = repeats; ; left -= 1) {
      await this.#whole();
      const link = this.#link;
      try {
        const result = await work(link);
        this.#hasAnswered = true;
        return result;
      } catch (error) {
        if (!isLost(error) || this.#isClosed || left === 0) throw error;
        this.#note(link, error);
      }
    }
  }

  #note(link: Connection, error: ConnectionError): void {
    if (link === this.#link) this.#broken ??= error;
  }

  async #whole(): Promise<void> {
    if (this.#broken === undefined || this.#isClosed) return;
    this.#renewal ??= this.#renew(this.#broken).finally(() => {
      this.#renewal = undefined;
    });
    await this.#renewal;
  }

  /** @throws ConnectionError when the host is not reached again; it stays so */
  async #renew(lost: ConnectionError): Promise<void> {
    const began = performance.now();
    const { seconds } = this.#parts;
    const late = began + seconds * 1000;
    const clock = new AbortController();
    void this.#parts.interrupted.then(() => clock.abort());
    this.#closing.push(this.#link.close().catch(() => {})); // It is gone, or nothing more is heard of it.
    for (let pause = pauses.first; ; pause = Math.min(pause * 2, pauses.longest)) {
      try {
        this.#link = await this.#connect();
        break;
      } catch (error) {
        const isWorthAnother = isPassing(error) && performance.now() + pause < late && !clock.signal.aborted;
        if (!isWorthAnother) throw stillLost(lost, error, seconds);
        await sleep(pause, clock.signal);
      }
    }
    this.#broken = undefined;
    this.#patience = usualPatience;
    this.renewals += 1;
    const took = ((performance.now() - began) / 1000).toFixed(1);
    this.#parts.say(`${lost.message}; it was made again after ${took} s`);
  }

  async #connect(): Promise<Connection> {
    const { claim, main, connect } = this.#parts;
    const link = await connect();
    if (claim === undefined) return link;
    try {
      link.lock(main, { name: claim, patience: this.#patience, isNew: !this.#hasAnswered });
      const [kept] = await link.probe([{ script: sameBootScript(claim) }], main);
      this.isSameBoot = kept?.status === 0;
      return link;
    } catch (error) {
      await link.close().catch(() => {}); // Why it failed is what is told.
      throw error;
    }
  }
}

/** Succeeds when the line that was written with the lock is still there: the folder goes with the boot. */
function sameBootScript(claim: string): Sh {
  return sh`${runFolder}
provision_folder && grep -qxF ${`run ${claim}`} "$d/journal"`;
}

function isLost(error: unknown): error is ConnectionError {
  return error instanceof ConnectionError && error.problem === 'lost';
}

/** Whether another attempt to connect may well do better. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof ConnectionError)) return false;
  return ['lost', 'refused', 'timeout', 'unresolved', 'locked'].includes(error.problem);
}

function stillLost(lost: ConnectionError, error: unknown, seconds: number): ConnectionError {
  const { message, hint } = explain(error);
  const why = isPassing(error) ? `it could not be made again within ${seconds} s` : 'it could not be made again';
  return new ConnectionError('lost', `${lost.message}; ${why}: ${message}`, hint ?? lost.hint, { cause: lost });
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(clock);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const clock = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
