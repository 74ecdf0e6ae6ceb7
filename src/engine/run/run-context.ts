import type { Connection } from '../../connection/connection.js';
import type { ConnectionSettings } from '../../model/play.js';
import type { RecordedTask } from '../../model/records.js';
import type { ControllerFiles, Resource } from '../../model/resource.js';
import type { RunEvent } from '../events.js';
import type { Emit } from '../host-reporter.js';
import type { AskStep, Stepper } from '../walk/stepper.js';
import type { KnownMachines } from './known-machines.js';
import type { LinkLimit } from './link-limit.js';

/** Options for what a site no longer names. */
export interface LeftoverOptions {
  /** Name of the site in the records of hosts: its folder and file, `infra/site.yaml`. */
  readonly site: string;
  /** Removes leftovers; otherwise they are reported. */
  readonly prune: boolean;
  /** The plays are a part of the site: there are no leftovers then, but what is made is recorded. */
  readonly isPart: boolean;
  /** Makes the resource of a recorded task; undefined for a kind that is not known. @throws Error for wrong parameters */
  make(task: RecordedTask): Resource | undefined;
}

/** Task of a host, as events name it. */
export interface TaskOfHost {
  readonly host: string;
  readonly play: string;
  readonly role: string | undefined;
  readonly task: string;
  readonly handler: boolean;
}

/** Options of a run, beside its plays. */
export interface RunOptions {
  readonly check: boolean;
  readonly force: boolean;
  /** Drops handlers that an earlier run left pending and no play has; default false. */
  readonly dropPending?: boolean;
  /** Treatment of what earlier runs of the site made on a host and the site no longer names; undefined: none of it is known. */
  readonly leftovers?: LeftoverOptions;
  /** Updates what provision has written and nobody has edited since; default false. */
  readonly update?: boolean;
  /** Most hosts that are worked on at a time; default 32. */
  readonly forks: number;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** Exit status 3 for differences found in check mode. */
  readonly strict: boolean;
  readonly files: ControllerFiles;
  /** Seconds in which a lost link must be restored; default 30. */
  readonly reconnectSeconds?: number;
  /** Opens the connection of a host: once a host and run, and again each time that its link is lost. */
  connect(name: string, settings: ConnectionSettings): Promise<Connection>;
  /** Question before each task of each host (`--step`). */
  readonly ask?: AskStep;
  /** Decides whether a task may change anything; one that may not is kept as it is. Default: each may. */
  readonly mayChange?: (about: TaskOfHost) => boolean;
  /** Aborted on the first Ctrl-C: no new tasks start, those under way end, the report is made. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/** Parts of a run that its plays and hosts share. */
export interface RunContext {
  readonly options: RunOptions;
  /** Name of the run in the hosts' journals. */
  readonly id: string;
  readonly emit: Emit;
  readonly links: LinkLimit;
  readonly machines: KnownMachines;
  /** Aborted when the run is interrupted: nobody waits any longer for a host to answer. */
  readonly interrupted: AbortSignal;
  /** Aborted when no new tasks are to start: the run is interrupted, or too many hosts have failed. */
  readonly stopping: AbortSignal;
  /** Asks whether a task is wanted; undefined without `--step`. */
  readonly wants: Stepper['wants'] | undefined;
}
