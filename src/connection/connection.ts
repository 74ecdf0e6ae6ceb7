import type { Duplex, Readable } from 'node:stream';
import type { Become } from '../model/task.js';
import type { Sh } from '../sh.js';

/** One script to run, and what came of it. */
export interface Request {
  readonly script: Sh;
  /** Fed to the script's standard input; closed at once when absent. Never shown in argv or the environment. */
  readonly stdin?: string | Uint8Array;
  /**
   * Seconds; when they are over all processes of the script are ended (asked first, then killed), and the requests
   * behind it in the batch still run. Default 60.
   */
  readonly deadline?: number;
  /** Called with each finished line of output (both streams) while the script runs, for the live view. */
  readonly onLine?: (line: string) => void;
}

export interface Response {
  /** Exit status; 124 when the deadline passed. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Bytes left out of the middle of what it printed: it was more than is kept. Absent where all is there. */
  readonly leftOut?: number;
}

/** What may be asked of a host in check mode: questions only. */
export interface Prober {
  /**
   * Runs the scripts one after the other in one request to the long-lived shell of a user: one round trip. Each runs in
   * a subshell of its own with its standard input closed, so that none can disturb its neighbours.
   *
   * @throws ConnectionError when the link is lost or the user cannot be become
   */
  probe(requests: readonly Request[], as: Become): Promise<readonly Response[]>;
  /** A TCP connection from the host to somewhere, as the user who is logged in. For questions to what the host reaches. */
  dial(host: string, port: number): Promise<Duplex>;
}

/** A host that can be changed: one connection for a whole run. */
export interface Connection extends Prober {
  /** Runs one change and the probes that measure it (and the next tasks), in one request: one round trip. */
  apply(change: Request, probes: readonly Request[], as: Become): Promise<readonly [Response, ...Response[]]>;
  /**
   * Runs a script on a channel of its own with a stream as standard input, for what is too large for a request. Default
   * deadline 600 seconds. A link that is lost looks to the script like the end of the content: it must check size or
   * checksum before it uses what it read.
   */
  upload(
    script: Sh,
    content: Readable,
    as: Become,
    options?: { deadline?: number; onLine?: (line: string) => void },
  ): Promise<Response>;
  /** Takes the host's run lock; held until the connection ends. Costs no round trip of its own: sent with the next request. */
  lock(as: Become, claim?: Claim): void;
  /** Whether the link is known to be gone, asked or not. */
  isLost?(): boolean;
  close(): Promise<void>;
}

/** Who wants the run lock. */
export interface Claim {
  /** One word that no other claim has: what is written down on the host beside the lock. */
  readonly name: string;
  /**
   * Set where the link was lost and this is the claim's second connection: seconds that what the first one left running
   * is given, before its shell is ended and the lock taken from it.
   */
  readonly patience?: number;
  /** Set with it where nothing was answered on the first connection: the claim may not be written down yet. */
  readonly isNew?: boolean;
}

export type ConnectionProblem =
  | 'unresolved'
  | 'refused'
  | 'timeout'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'authentication'
  | 'lost'
  | 'become-password-wrong'
  | 'become-password-missing'
  | 'become-not-allowed'
  | 'become-tty'
  | 'locked'
  | 'shell';

/** Why a host cannot be worked with: unreachable, or reachable and unwilling. The message names what to try. */
export class ConnectionError extends Error {
  constructor(
    readonly problem: ConnectionProblem,
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ConnectionError';
  }
}
