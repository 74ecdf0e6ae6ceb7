import type { Facts } from './facts.js';
import type { HostContext } from './resource.js';
import type { Become, Task, TaskItem } from './task.js';

/** How a host is reached; made by inventory/ from the variables of both spellings (`ansible_host`, `host`, …). */
export interface ConnectionSettings {
  readonly connection: 'ssh' | 'local';
  /** Name or address to dial; the inventory name unless told. */
  readonly address: string;
  /** Undefined where ssh_config or the default (22) decides. */
  readonly port: number | undefined;
  readonly user: string | undefined;
  /** Private keys, absolute paths. */
  readonly identityFiles: readonly string[];
  /** known_hosts files to use instead of the user's own, absolute paths. */
  readonly knownHostsFiles: readonly string[] | undefined;
  readonly password: string | undefined;
  /** Passphrases of encrypted keys, by their files, where they are known. */
  readonly passphrases?: ReadonlyMap<string, string>;
  readonly become: boolean;
  readonly becomeUser: string;
  readonly becomePassword: string | undefined;
  /** Folder to stage into instead of the host's own root (host variable `root`), absolute; empty for the host itself. */
  readonly root: string;
  /** An unknown host key is written to known_hosts instead of refused (`--accept-new`, or the host variable `accept_new`). */
  readonly acceptNew: boolean;
  /** Seconds for dialling and handshake; default 10. */
  readonly connectTimeout: number;
}

/** A host of a play: what the inventory knows of it. */
export interface PlayHost {
  readonly name: string;
  readonly settings: ConnectionSettings;
}

/** What a play makes of one host, once its facts are known. */
export interface HostProgram {
  readonly items: readonly TaskItem[];
  /** Handlers that tasks may notify by name, in the order in which they run. Those given as objects need not be here. */
  readonly handlers: readonly Task[];
  /** Items that are not done; handlers that they notify are known all the same, where an earlier run left them due. */
  readonly leftOut?: readonly TaskItem[];
}

/** A play, typed and checked: what site/ makes of a site and engine/ runs. */
export interface Play {
  readonly name: string;
  /** In inventory order. */
  readonly hosts: readonly PlayHost[];
  /** Sizes of the batches, in hosts; the last is repeated. Empty: all at once. */
  readonly serial: readonly number[];
  /** Ends the run when more than this share of a batch has failed or was unreachable; undefined: never. */
  readonly maxFailPercentage: number | undefined;
  readonly anyErrorsFatal: boolean;
  readonly gatherFacts: boolean;
  readonly become: Become;
  /** Hosts that tasks are known to be delegated to: their connections last as long as the run. */
  readonly delegates?: ReadonlySet<string>;
  /** How any host of the inventory is reached, for tasks that are delegated to it. @throws InputError */
  settingsOf?(name: string): ConnectionSettings;
  /**
   * Makes the tasks of a host. Items are tagged, named and conditioned already; sections are separated by flushes.
   *
   * @throws InputError for mistakes that could not be seen before the facts were known; it fails the host
   */
  program(host: HostContext & { readonly facts: Facts }): HostProgram;
}
