import type { Facts } from './facts.js';
import type { HostContext } from './resource.js';
import type { Task, TaskItem } from './task.js';

/** Settings by which a host is reached. inventory/ makes them from variables of both spellings (`ansible_host`, `host`). */
export interface ConnectionSettings {
  readonly connection: 'ssh' | 'local';
  /** Name or address to dial; default: the name in the inventory. */
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
  /** User of tasks that don't name one: another than the login user, and which. */
  readonly become: boolean;
  readonly becomeUser: string;
  readonly becomePassword: string | undefined;
  /** Absolute path of the folder to stage into (host variable `root`); empty for the host itself. */
  readonly root: string;
  /** Adds unknown host keys to known_hosts instead of refusing them (`--accept-new`, or the host variable `accept_new`). */
  readonly acceptNew: boolean;
  /** Seconds for dialling and handshake; default 10. */
  readonly connectTimeout: number;
  /** More attempts of the first connect, where it fails for what may pass by itself; default 0. */
  readonly connectRetries?: number;
}

/** Host of a play, as the inventory has it. */
export interface PlayHost {
  readonly name: string;
  readonly settings: ConnectionSettings;
}

/** Tasks and handlers of one host in a play, made once its facts are known. */
export interface HostProgram {
  readonly items: readonly TaskItem[];
  /** Handlers that tasks may notify by name, in the order in which they run. Those notified as objects need not be here. */
  readonly handlers: readonly Task[];
  /** Items that are not run. Their handlers are known all the same, where an earlier run left them due. */
  readonly leftOut?: readonly TaskItem[];
}

/** Play, typed and checked. site/ makes it of a site, and engine/ runs it. */
export interface Play {
  readonly name: string;
  /** In inventory order. */
  readonly hosts: readonly PlayHost[];
  /** Sizes of the batches, in hosts; the last is repeated. Empty: all at once. */
  readonly serial: readonly number[];
  /** Percentage of a batch; the run stops when more hosts have failed or were unreachable. Undefined: never. */
  readonly maxFailPercentage: number | undefined;
  readonly anyErrorsFatal: boolean;
  readonly gatherFacts: boolean;
  /** Hosts that tasks are known to be delegated to: their connections last as long as the run. */
  readonly delegates?: ReadonlySet<string>;
  /** Returns the settings of any host of the inventory, for tasks that are delegated to it. @throws InputError */
  settingsOf?(name: string): ConnectionSettings;
  /**
   * Makes the tasks of a host. Items are tagged, named and conditioned already; sections are separated by flushes.
   *
   * @throws InputError for errors of the input that show only once the facts are known; it fails the host
   */
  program(host: HostContext & { readonly facts: Facts }): HostProgram;
}
