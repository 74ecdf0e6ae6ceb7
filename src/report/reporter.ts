import type { RunEvent, RunReport } from '../engine/events.js';

/** Shows a run to somebody: a person at a terminal, a log, a program. */
export interface Reporter {
  onEvent(event: RunEvent): void;
  /** Resolves when everything has been drawn. */
  end(report: RunReport): void | Promise<void>;
  /** Gives the terminal back when there will be no report. */
  abandon?(): Promise<void>;
}

export interface ReporterOptions {
  /** Takes whole lines, newline included. */
  readonly write: (text: string) => void;
  readonly color: boolean;
  /** How many `-v` were given. */
  readonly verbosity: number;
  /** `--diff`: changes are shown with their differences. What is kept always is. */
  readonly diff: boolean;
  /** `--profile`: the slowest tasks are told at the end. */
  readonly profile?: boolean;
  /** Width of the terminal in characters; undefined off a terminal. */
  readonly columns: number | undefined;
  /** Paths below this folder are shown relative to it. */
  readonly cwd: string;
}
