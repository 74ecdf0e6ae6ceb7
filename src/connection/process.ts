import type { Duplex, Readable, Writable } from 'node:stream';

/** Exit of a process on a host. It has neither status nor signal where the link was lost. */
export interface ProcessExit {
  readonly status: number | undefined;
  readonly signal: string | undefined;
  /** Reason of the lost link, where that is known. */
  readonly reason?: string;
}

/** Process on a host, with its three streams. */
export interface HostProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Never rejects. */
  readonly ended: Promise<ProcessExit>;
  /** Closes its streams from this side at once. */
  kill(): void;
}

/** Transport that starts processes on a host: a link of ssh, or this machine. */
export interface Transport {
  /** User that processes run as. */
  readonly user: string;
  /** Address of the host, for messages. */
  readonly where: string;
  /** Description of the login, and of the hosts on the way. */
  readonly login?: string | undefined;
  /**
   * Starts a command with the login shell, as soon as there is room for one more.
   *
   * @param ending set for a command that ends others, for which room is kept
   * @throws ConnectionError when the link is lost or gives no channel
   */
  start(command: string, ending?: boolean): Promise<HostProcess>;
  /** Opens a TCP connection from the host. */
  dial(host: string, port: number): Promise<Duplex>;
  /** Tells whether the link is known to be gone. */
  isLost?(): boolean;
  close(): Promise<void>;
}
