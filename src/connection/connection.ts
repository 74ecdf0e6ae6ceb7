import type { Duplex, Readable } from 'node:stream';
import type { Become } from '../model/task.js';
import type { Sh } from '../sh.js';

/** Script to run on a host. */
export interface Request {
  readonly script: Sh;
  /** Standard input of the script, which is closed at once when absent. Never shown in argv or the environment. */
  readonly stdin?: string | Uint8Array;
  /**
   * Seconds after which all processes of the script are ended (asked first, then killed). The requests behind it in the
   * batch still run. Default 60.
   */
  readonly deadline?: number;
  /** Called with each finished line of output (both streams) while the script runs, for the live view. */
  readonly onLine?: (line: string) => void;
}

/** Result of a script. */
export interface Response {
  /** Exit status; 124 when the deadline passed. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Bytes left out of the middle of the output, which was more than is kept. Absent where all is there. */
  readonly leftOut?: number;
}

/** Host that can only be read, as in check mode. */
export interface Prober {
  /**
   * Runs the scripts one after the other in one request to the long-lived shell of a user: one round trip. Each runs in
   * a subshell of its own with its standard input closed, so that none can disturb its neighbours.
   *
   * @throws ConnectionError when the link is lost or the user cannot be become
   */
  probe(requests: readonly Request[], as: Become): Promise<readonly Response[]>;
  /** Opens a TCP connection from the host, as the user who is logged in. For reading from what the host reaches. */
  dial(host: string, port: number): Promise<Duplex>;
}

/** Host that can be changed: one connection for a whole run. */
export interface Connection extends Prober {
  /** Runs one change and the probes that measure it (and the next tasks), in one request: one round trip. */
  apply(change: Request, probes: readonly Request[], as: Become): Promise<readonly [Response, ...Response[]]>;
  /**
   * Runs a script on a channel of its own with a stream as standard input, for content that is too large for a request.
   * Default deadline 600 seconds. A lost link looks to the script like the end of the content. The script must check size
   * or checksum before it uses the content.
   */
  upload(
    script: Sh,
    content: Readable,
    as: Become,
    options?: { deadline?: number; onLine?: (line: string) => void },
  ): Promise<Response>;
  /** Takes the host's run lock, until the connection ends. Sent with the next request, so it costs no round trip. */
  lock(as: Become, claim?: Claim): void;
  /** Tells whether the link is known to be gone. */
  isLost?(): boolean;
  close(): Promise<void>;
}

/** Claim to the run lock. */
export interface Claim {
  /** One word that no other claim has: it is recorded on the host beside the lock. */
  readonly name: string;
  /**
   * Set for the claim's second connection, after its link was lost. Seconds for what the first one left running, before
   * its shell is ended and the lock taken from it.
   */
  readonly patience?: number;
  /** Set with it where nothing was answered on the first connection: the claim may not be recorded yet. */
  readonly isNew?: boolean;
}

export type ConnectionProblem =
  | 'unresolved'
  | 'refused'
  /** The host answered, and closed the connection before anybody was logged in. */
  | 'closed'
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
  /** The run works on the machine by another name. */
  | 'same-machine'
  | 'shell';

/** Error of a host that is unreachable, or reachable and not to be worked with. The hint names what to try. */
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

/** Error of a host whose run lock is held. */
export class LockedError extends ConnectionError {
  /** @param holder name of the claim that holds the lock, where it left one */
  constructor(
    message: string,
    hint: string,
    readonly holder: string | undefined,
  ) {
    super('locked', message, hint);
  }
}
