import type { Duplex, Readable, Writable } from 'node:stream';

/** How a process on a host ended. Neither status nor signal: the link was lost. */
export interface Ending {
  readonly status: number | undefined;
  readonly signal: string | undefined;
  /** Why the link was lost, where that is known. */
  readonly reason?: string;
}

/** A process on a host, with its three streams. */
export interface HostProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Never rejects. */
  readonly ended: Promise<Ending>;
  /** Lets go of it at once: its streams are closed from here. */
  kill(): void;
}

/** What starts processes on a host: a link of ssh, or this machine. */
export interface Transport {
  /** Who processes run as. */
  readonly user: string;
  /** Where the host is, for messages. */
  readonly where: string;
  /** How the user was let in, in words, and through which hosts. */
  readonly login?: string | undefined;
  /**
   * Starts a command with the login shell, as soon as there is room for one more.
   *
   * @param ending whether it ends others, for which room is kept
   * @throws ConnectionError when the link is lost or gives no channel
   */
  start(command: string, ending?: boolean): Promise<HostProcess>;
  /** A TCP connection from the host to somewhere. */
  dial(host: string, port: number): Promise<Duplex>;
  /** Whether the link is known to be gone. */
  isLost?(): boolean;
  close(): Promise<void>;
}
