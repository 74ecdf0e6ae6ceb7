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
import { type ReconnectOptions, reconnect } from './reconnect.js';

/** Error of a link that was lost before a change was sent: nothing of it can have reached the host. */
export class UnsentError extends ConnectionError {
  constructor() {
    super('lost', 'the link was lost');
  }
}

/** Parts of a {@link LastingConnection}. */
export interface LastingConnectionParts extends ReconnectOptions {
  /** Name of this run's claim on the host; undefined where no lock is taken. */
  readonly claim: string | undefined;
  /** User who takes the lock. */
  readonly main: Become;
  warn(text: string): void;
}

/** Most retries of a read, each on a new link. */
const retries = 2;
/** Seconds for whatever a lost link left running, where no change is known that may take longer. */
const usualPatience = 5;

/**
 * Connection that outlives its link. Reads are retried on a new link, with the run lock taken again. A change is sent
 * once: its sender has to find out whether it was made.
 */
export class LastingConnection implements Connection {
  /** Set where the journal of this run is still on the host, which has not been restarted then. */
  isSameBoot = false;
  /** Number of links after the first. */
  renewals = 0;
  readonly #parts: LastingConnectionParts;
  #link: Connection;
  #broken: ConnectionError | undefined;
  #renewal: Promise<void> | undefined;
  #patience = usualPatience;
  #hasAnswered = false;
  #isClosed = false;
  readonly #closing: Promise<void>[] = [];

  constructor(first: Connection, parts: LastingConnectionParts) {
    this.#link = first;
    this.#parts = parts;
    if (parts.claim !== undefined) first.lock(parts.main, { name: parts.claim });
  }

  probe(requests: readonly Request[], as: Become): Promise<readonly Response[]> {
    return this.#retry((link) => link.probe(requests, as));
  }

  dial(host: string, port: number): Promise<Duplex> {
    return this.#retry((link) => link.dial(host, port));
  }

  async apply(change: Request, probes: readonly Request[], as: Become): Promise<readonly [Response, ...Response[]]> {
    return this.#sendOnce(change.deadline, (link) => link.apply(change, probes, as));
  }

  async upload(
    script: Sh,
    content: Readable,
    as: Become,
    options: { deadline?: number; onLine?: (line: string) => void } = {},
  ): Promise<Response> {
    return this.#sendOnce(options.deadline, (link) => link.upload(script, content, as, options));
  }

  /** Makes a change that does no more the second time than the first: it is retried as reads are. */
  async applyIdempotent(script: Sh, as: Become): Promise<Response> {
    const [response] = await this.#retry((link) => link.apply({ script }, [], as));
    return response;
  }

  isLost(): boolean {
    return this.#broken !== undefined || this.#link.isLost?.() === true;
  }

  /** Restores a link that is known to be lost, before any request fails on it. */
  async restore(): Promise<void> {
    if (this.isLost()) this.#noteLoss(this.#link, new ConnectionError('lost', 'the link was lost'));
    await this.#restored();
  }

  lock(as: Become, claim?: Claim): void {
    this.#link.lock(as, claim);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#link.close(), ...this.#closing]);
  }

  async #sendOnce<Result>(deadline: number | undefined, work: (link: Connection) => Promise<Result>): Promise<Result> {
    // It was planned from a state that was read over a lost link: that has to be read again first.
    if (this.isLost()) throw new UnsentError();
    const link = this.#link;
    this.#patience = deadline ?? usualPatience;
    try {
      const result = await work(link);
      this.#hasAnswered = true;
      this.#patience = usualPatience;
      return result;
    } catch (error) {
      if (isLost(error)) this.#noteLoss(link, error);
      throw error;
    }
  }

  async #retry<Result>(work: (link: Connection) => Promise<Result>): Promise<Result> {
    for (let left = retries; ; left -= 1) {
      await this.#restored();
      const link = this.#link;
      try {
        const result = await work(link);
        this.#hasAnswered = true;
        return result;
      } catch (error) {
        if (!isLost(error) || this.#isClosed || left === 0) throw error;
        this.#noteLoss(link, error);
      }
    }
  }

  #noteLoss(link: Connection, error: ConnectionError): void {
    if (link === this.#link) this.#broken ??= error;
  }

  async #restored(): Promise<void> {
    if (this.#broken === undefined || this.#isClosed) return;
    this.#renewal ??= this.#renew(this.#broken).finally(() => {
      this.#renewal = undefined;
    });
    await this.#renewal;
  }

  /** @throws ConnectionError when the host is not reached again; it stays so */
  async #renew(lost: ConnectionError): Promise<void> {
    const began = performance.now();
    this.#closing.push(this.#link.close().catch(() => {})); // It is gone, or does not answer any more.
    this.#link = await reconnect(lost, { ...this.#parts, connect: () => this.#connect() });
    this.#broken = undefined;
    this.#patience = usualPatience;
    this.renewals += 1;
    const took = ((performance.now() - began) / 1000).toFixed(1);
    this.#parts.warn(`${lost.message}; it was restored after ${took} s`);
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
      await link.close().catch(() => {}); // The first error is the one that is reported.
      throw error;
    }
  }
}

/** Returns a script that succeeds when the line written with the lock is still there: a restart empties the folder. */
function sameBootScript(claim: string): Sh {
  return sh`${runFolder}
provision_folder && grep -qxF ${`run ${claim}`} "$d/journal"`;
}

function isLost(error: unknown): error is ConnectionError {
  return error instanceof ConnectionError && error.problem === 'lost';
}
