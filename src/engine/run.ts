import type { Connection } from '../connection/connection.js';
import type { ConnectionSettings, Play } from '../model/play.js';
import type { ControllerFiles } from '../model/resource.js';
import type { RunEvent, RunReport } from './events.js';

/** What a run needs beside its plays. */
export interface RunOptions {
  readonly check: boolean;
  readonly force: boolean;
  /** Hosts worked on at a time; default 32. */
  readonly forks: number;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** Differences found in check mode make the exit status 3. */
  readonly strict: boolean;
  readonly files: ControllerFiles;
  /** Opens the connection of a host; called at most once a host and run. */
  connect(name: string, settings: ConnectionSettings): Promise<Connection>;
  /** Aborted on the first Ctrl-C: no new tasks are started, the ones under way end, the report is made. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/** Runs plays one after the other, each over its hosts beside each other. Failures of hosts are in the report, never thrown. */
export declare function run(plays: readonly Play[], options: RunOptions): Promise<RunReport>;
