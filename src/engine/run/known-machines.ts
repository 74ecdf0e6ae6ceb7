import { ConnectionError, LockedError } from '../../connection/connection.js';
import type { ConnectionSettings } from '../../model/play.js';

/** Host of a run, and how it is reached. */
interface KnownHost {
  readonly name: string;
  readonly settings: ConnectionSettings;
}

/**
 * Machines that a run works on. One with two names would be changed under both, each as if it were another. Names that
 * share a machine on purpose are left alone: staging folders, this machine without ssh, accounts at one address.
 */
export class KnownMachines {
  readonly #byIdentity = new Map<string, KnownHost[]>();
  readonly #byClaim = new Map<string, string>();

  /** Notes the claim of a host to the run lock. */
  noteClaim(claim: string, name: string): void {
    this.#byClaim.set(claim, name);
  }

  /**
   * Notes which machine a host is.
   *
   * @param identity as in the host's first answer; empty where it is not known
   * @throws ConnectionError when another host of the run is that machine
   */
  note(identity: string, host: KnownHost): void {
    const { connection, root } = host.settings;
    if (identity === '' || connection !== 'ssh' || root !== '') return;
    const known = this.#byIdentity.get(identity) ?? [];
    const other = known.find(({ name, settings }) => name !== host.name && !areAccounts(settings, host.settings));
    if (other !== undefined) throw sameMachine(host.name, other.name);
    this.#byIdentity.set(identity, [...known.filter(({ name }) => name !== host.name), host]);
  }

  /** Returns the error to report for one of a host: the lock of its machine may be held by this very run. */
  explain(error: unknown, name: string): unknown {
    const other = error instanceof LockedError ? this.#byClaim.get(error.holder ?? '') : undefined;
    return other === undefined || other === name ? error : sameMachine(name, other, error);
  }
}

function areAccounts(one: ConnectionSettings, other: ConnectionSettings): boolean {
  return one.address === other.address && one.user !== other.user;
}

function sameMachine(name: string, other: string, cause?: unknown): ConnectionError {
  return new ConnectionError(
    'same-machine',
    `${name} and ${other} are one machine: this run already works on it as ${other}`,
    'give it one name in the inventory, which may be in several groups; or correct the address of one',
    { cause },
  );
}
