import type { RunEvent, RunReport } from '../engine/events.js';

/** Reporter of a run: to a person at a terminal, a log, a program. */
export interface Reporter {
  onEvent(event: RunEvent): void;
  /** Resolves when everything has been drawn. */
  end(report: RunReport): void | Promise<void>;
  /** Releases the terminal when there will be no report. */
  abandon?(): Promise<void>;
}

/** Options of reporters for people. */
export interface ReporterOptions {
  /** Prints whole lines, newline included. */
  readonly write: (text: string) => void;
  readonly color: boolean;
  /** Number of `-v` that were given. */
  readonly verbosity: number;
  /** Shows changes with their differences (`--diff`). Kept tasks always have theirs. */
  readonly diff: boolean;
  /** Prints the slowest tasks at the end (`--profile`). */
  readonly profile?: boolean;
  /** Width of the terminal in characters; undefined off a terminal. */
  readonly columns: number | undefined;
  /** Paths below this folder are shown relative to it. */
  readonly cwd: string;
}
