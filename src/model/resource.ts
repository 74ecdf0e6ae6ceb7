import type { Duplex, Readable } from 'node:stream';
import type { Sh } from '../sh.js';
import type { Facts } from './facts.js';

/** Something on a host that a resource brings about or leans on, for example `package:docker.io` or `path:/etc/exports`. */
export type Ref = `${'path' | 'package' | 'service' | 'user' | 'group' | 'mount' | 'port' | 'image'}:${string}`;

/** What a resource may know of the host and the run it is used in. */
export interface HostContext {
  /** Name in the inventory. */
  readonly name: string;
  /** Name or address that the controller dials it by; empty where it is the controller itself. */
  readonly address: string;
  readonly facts: Facts;
  /** The folder given with `--root`, else empty. */
  readonly root: string;
  /** Where a path of the host really is: the path itself, or the path under `root`. */
  at(path: string): string;
  /** `--force`: configuration that exists and differs may be replaced. */
  readonly force: boolean;
  /** Files on the controller: site first, then the ones that come with the package. */
  readonly files: ControllerFiles;
}

/** Files on the controller that roles send or render. */
export interface ControllerFiles {
  /** Path of a template, looked for beside the site (`templates/`) and then in the package. @throws Error naming where it looked */
  template(src: string): string;
  /** Path of a file to send, looked for beside the site (`files/`, then the site's own folder). @throws Error naming where it looked */
  file(src: string): string;
  /** Where runs keep what is theirs and lasts, `.provision/NAME` beside the site; it need not exist. */
  own(name: string): string;
}

/** What one script on a host printed. */
export interface Reply {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How state is shown as a difference: two texts, and what they are of. */
export interface Diff {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** How a change is made. `deadline` is in seconds; default 600. Scripts run with `set -e` off: their exit status counts. */
export type Apply =
  | { readonly via: 'sh'; readonly script: Sh; readonly stdin?: string | Uint8Array; readonly deadline?: number }
  /** The script reads a stream of the controller on its standard input, on a channel of its own. */
  | { readonly via: 'upload'; readonly script: Sh; readonly content: () => Readable; readonly deadline?: number }
  /** The controller does the work; it may ask the host. Resolves with why it failed, or nothing. */
  | {
      readonly via: 'controller';
      readonly run: (session: ControllerSession) => Promise<string | undefined>;
      /**
       * Work that was cut off in the middle may be planned again from what is measured then, and carried out again: all
       * that it does can be done twice. Otherwise a link that is lost in it leaves its outcome unknown.
       */
      readonly repeatable?: boolean;
    };

/** What a change that the controller makes may use. */
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
  /** A line of progress, for the live view. */
  progress(line: string): void;
  /** A TCP connection from the host to somewhere: to its own loopback, to a network that only it is in. */
  dial(host: string, port: number): Promise<Duplex>;
}

/** What a controller's own look at what a resource is about may use. It must change nothing. */
export interface LookSession extends Pick<ControllerSession, 'host' | 'dial' | 'progress'> {
  /** Hosts of the same play, this one among them. */
  readonly peers: number;
}

/** What a resource decides from the measured state. */
export type Plan<State = unknown> =
  | { readonly verdict: 'ok'; readonly note?: string; readonly details?: readonly string[] }
  /** Exists, differs, no force: left alone. `hint` names the variable or flag that would update it. */
  | { readonly verdict: 'kept'; readonly summary: string; readonly hint: string; readonly diff?: Diff }
  /** Something the resource cannot do or refuses to: a malformed file, a missing tool. Fails the task. */
  | { readonly verdict: 'refused'; readonly message: string; readonly hint?: string }
  | {
      readonly verdict: 'change';
      /** What changes, in few words: `mode 0600 -> 0644`. */
      readonly summary: string;
      readonly diff?: Diff;
      readonly apply: Apply;
      /**
       * Judges the state measured after the change; gives what is wrong, or nothing. Default: `plan` of the new state
       * must be `ok` or `kept`. An action (a restart, a command that always runs) brings its own.
       */
      verify?(state: State, reply: Reply): string | undefined;
      /** Part of the resource that is left alone although the rest changes. */
      readonly kept?: { readonly summary: string; readonly hint: string; readonly diff?: Diff };
      /** Lines for `-v`. */
      readonly details?: readonly string[];
      /** What of `provides` the change is about, for check mode; default: all. A mode alone changes nothing for others. */
      readonly affects?: readonly Ref[];
      /** Set where a change is planned although the outcome can't be foreseen (check mode says `unknown`). */
      readonly uncertain?: string;
    };

/**
 * An idempotent thing on a host: data and pure functions. It never connects to anything.
 * `probe` must not write; `plan` must converge in one execution or be verified by its own `verify`.
 */
export interface Resource<State = unknown> {
  /** The resource's name in a site: `file`, `service`. */
  readonly kind: string;
  /** What it is about: a path, a unit, a package. */
  readonly id: string;
  readonly provides: readonly Ref[];
  /** What, when it changes, may change the state of this resource: check mode says `unknown` while one of these is pending. */
  readonly needs: readonly Ref[];
  /** Under `--root`: `path` resources work below it, others are skipped and said to be. */
  readonly staging: 'path' | 'skip';
  /** Seconds the probe may take; default 60. */
  readonly probeDeadline?: number;
  probe(host: HostContext): Sh;
  /** @throws Error when the probe failed or printed what it never should */
  parse(reply: Reply, host: HostContext): State;
  /**
   * What the controller finds out itself, beside the host's probe, when the task's turn has come: by asking over the
   * network, for example. Gives the state to plan from. It must change nothing.
   */
  look?(state: State, session: LookSession): Promise<State>;
  plan(state: State, host: HostContext): Plan<State>;
  /** What `register` keeps of the state, beside `changed`, `failed`, `skipped`. */
  result?(state: State): Readonly<Record<string, unknown>>;
}
