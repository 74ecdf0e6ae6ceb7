import type { Duplex, Readable } from 'node:stream';
import type { Sh } from '../sh.js';
import type { Facts } from './facts.js';
import type { HostRecords, Origin, RecordedText, WrittenText } from './records.js';

/** Thing on a host that a resource brings about or depends on, for example `package:docker.io` or `path:/etc/exports`. */
export type Ref =
  `${'path' | 'package' | 'service' | 'user' | 'group' | 'mount' | 'port' | 'image' | 'registry'}:${string}`;

/** Context of a resource: the host and the run that it is used in. */
export interface HostContext {
  /** Name in the inventory. */
  readonly name: string;
  /** Name or address that the controller dials it by; empty where it is the controller itself. */
  readonly address: string;
  readonly facts: Facts;
  /** Folder given with `--root`, else empty. */
  readonly root: string;
  /** Returns the real place of a path of the host: the path itself, or the path under `root`. */
  at(path: string): string;
  /** `--force`: configuration that exists and differs may be replaced. */
  readonly force: boolean;
  /** `--update`: of that, what provision has written and nobody has edited since. */
  readonly update: boolean;
  /** Records that the host keeps of what provision has written there. */
  readonly records: HostRecords;
  /** Files on the controller: site first, then the ones that come with the package. */
  readonly files: ControllerFiles;
}

/** Files on the controller that roles send or render. */
export interface ControllerFiles {
  /** Returns the path of a template, beside the site (`templates/`) or in the package. @throws Error naming both places */
  template(src: string): string;
  /** Returns the path of a file to send, in `files/` beside the site or in the site's folder. @throws Error naming both */
  file(src: string): string;
  /** Returns the path for lasting data of runs, `.provision/NAME` beside the site; it need not exist. */
  own(name: string): string;
}

/** Output and exit status of a script on a host. */
export interface Reply {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Difference of two states as texts, with a label for both. */
export interface Diff {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** Way of making a change. `deadline` is in seconds; default 600. Scripts run with `set -e` off: their exit status counts. */
export type Apply =
  | { readonly via: 'sh'; readonly script: Sh; readonly stdin?: string | Uint8Array; readonly deadline?: number }
  /** The script reads a stream of the controller on its standard input, on a channel of its own. */
  | { readonly via: 'upload'; readonly script: Sh; readonly content: () => Readable; readonly deadline?: number }
  /** The controller does the work, and may run scripts on the host. `run` resolves with why it failed, or nothing. */
  | {
      readonly via: 'controller';
      readonly run: (session: ControllerSession) => Promise<string | undefined>;
      /**
       * Set where everything that `run` does can be done twice. When the link is lost meanwhile, the change is planned and
       * made again. Otherwise its outcome is unknown then.
       */
      readonly repeatable?: boolean;
    };

/** Context of a change that the controller makes. */
export interface ControllerSession {
  readonly host: HostContext;
  /** Runs a script on the host, as the user of the task. */
  run(
    script: Sh,
    options?: {
      readonly deadline?: number;
      readonly stdin?: string | Uint8Array;
      readonly onLine?: (line: string) => void;
    },
  ): Promise<Reply>;
  /** Reports a line of progress, for the live view. */
  progress(line: string): void;
  /** Opens a TCP connection from the host: to its own loopback, or to a network that only it is in. */
  dial(host: string, port: number): Promise<Duplex>;
}

/** Context for `Resource.look`, the read-only inspection from the controller. */
export interface LookSession extends Pick<ControllerSession, 'host' | 'dial' | 'progress'> {
  /** Hosts of the same play, this one among them. */
  readonly peers: number;
  /** Set in check mode: nothing is changed, on the controller neither. */
  readonly check: boolean;
}

/** Difference that is left as it is. */
export interface KeptDifference {
  readonly summary: string;
  readonly hint: string;
  readonly diff?: Diff;
  /**
   * Origin of its text, where the host's records tell. `leftover`: the site no longer names it. `follows`: it is as it was
   * because something else was kept.
   */
  readonly origin?: Origin | 'leftover' | 'follows';
}

/** Decision of a resource on the measured state. */
export type Plan<State = unknown> =
  | { readonly verdict: 'ok'; readonly note?: string; readonly details?: readonly string[] }
  /** Exists, differs, no force: it is kept. `hint` names the variable or flag that would update it. */
  | ({ readonly verdict: 'kept' } & KeptDifference)
  /** The resource cannot do it, or refuses to: a malformed file, a missing tool. Fails the task. */
  | {
      readonly verdict: 'refused';
      readonly message: string;
      readonly hint?: string;
      /**
       * Set where it is refused whatever the state is: a template that cannot be rendered. Check mode reports a failure
       * then, even while something is pending that the state depends on.
       */
      readonly always?: true;
    }
  | {
      readonly verdict: 'change';
      /** The change in few words: `mode 0600 -> 0644`. */
      readonly summary: string;
      readonly diff?: Diff;
      readonly apply: Apply;
      /**
       * Judges the state measured after the change; returns what is wrong, or nothing. Default: `plan` of the new state
       * must be `ok` or `kept`. An action (a restart, a command that always runs) needs its own.
       */
      verify?(state: State, reply: Reply): string | undefined;
      /** Part of the resource that is kept although the rest changes. */
      readonly kept?: KeptDifference;
      /** Texts that it writes and things that it makes, for the records of the host. */
      readonly writes?: readonly WrittenText[];
      /** Returns what only the reply tells of the texts in `writes`: their digests. */
      wrote?(reply: Reply): readonly RecordedText[];
      /** Lines for `-v`. */
      readonly details?: readonly string[];
      /** Refs of `provides` that the change affects, for check mode; default: all. A file mode alone affects none. */
      readonly affects?: readonly Ref[];
      /** Reason for which the outcome of the change can't be predicted (check mode reports `unknown`). */
      readonly uncertain?: string;
    };

/**
 * Idempotent thing on a host: data and pure functions. It never connects to anything.
 * `probe` must not write; `plan` must converge in one execution or be verified by its own `verify`.
 */
export interface Resource<State = unknown> {
  /** Name of the kind in a site: `file`, `service`. */
  readonly kind: string;
  /** Identity within its kind: a path, a unit, a package. */
  readonly id: string;
  readonly provides: readonly Ref[];
  /** Refs whose change may change the state of this resource: check mode reports `unknown` while one is pending. */
  readonly needs: readonly Ref[];
  /**
   * Refs that it reaches over the network: `registry:5000`, the registry at a port of the host. A failure says nothing while
   * one is pending, as with an account that an earlier task would renew: check mode reports `unknown` in its place.
   */
  readonly reaches?: readonly Ref[];
  /**
   * Entries of a file that belongs to others as well. Those that an earlier run added and no task names any more are
   * reported, and removed with `--prune`, or by force where the task has it.
   */
  readonly entries?: { readonly path: string; readonly names: readonly string[]; readonly force?: boolean };
  /** Behaviour with `--root`: `path` resources work below it, others are reported as skipped. */
  readonly staging: 'path' | 'skip';
  /** Template of the controller that its content comes from, whose names are checked before any host is contacted. */
  readonly template?: { readonly src: string; readonly data: Readonly<Record<string, unknown>> };
  /** Seconds that the probe may take; default 60. */
  readonly probeDeadline?: number;
  /** Returns a script that prints the state and writes nothing. */
  probe(host: HostContext): Sh;
  /** @throws Error when the probe failed or printed what it never should */
  parse(reply: Reply, host: HostContext): State;
  /**
   * Inspects, from the controller and right before the task runs, what the probe on the host can't see: a registry over the
   * network, for example. Returns the state to plan from. It must change nothing.
   */
  look?(state: State, session: LookSession): Promise<State>;
  plan(state: State, host: HostContext): Plan<State>;
  /** Returns what `register` keeps of the state, beside `changed`, `failed`, `skipped`. */
  result?(state: State): Readonly<Record<string, unknown>>;
}
