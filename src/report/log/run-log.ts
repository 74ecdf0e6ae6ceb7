import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { printableJson } from '../../diagnostics/printable-json.js';
import { reasonOf } from '../../diagnostics/reason.js';
import type { Reporter } from '../reporter.js';
import { logName, logsIn, type RunHeader } from './run-log-files.js';

export interface RunLogOptions {
  /** Where logs are kept; made when it isn't there. */
  readonly folder: string;
  readonly header: RunHeader;
  /** How many logs the folder may hold, this one included. */
  readonly keep: number;
  /** Told once when there can be no log, or no more of it: the run goes on. */
  readonly warn: (text: string) => void;
}

/** Bytes of a log after which the single lines that tasks print are left out of it. */
const long = 64 * 1024 * 1024;

/**
 * Keeps what a run says of itself in a file of its own that only its owner may read: the header, each event as it comes,
 * the report; a JSON document a line. Each is written at once (6 µs of CPU), so that a run that is killed leaves all it said.
 */
export function runLog({ folder, header, keep, warn }: RunLogOptions): Reporter {
  let file: number | undefined;
  let written = 0;

  function attempt(what: () => void): void {
    try {
      what();
    } catch (error) {
      close();
      warn(`this run leaves no log, or not all of one, in ${folder}: ${reasonOf(error)}`);
    }
  }

  function add(document: unknown): void {
    const open = file;
    if (open === undefined) return;
    const bytes = Buffer.from(`${printableJson(document)}\n`);
    attempt(() => {
      for (let done = 0; done < bytes.length; ) done += writeSync(open, bytes, done);
    });
    written += bytes.length;
  }

  function close(): void {
    const open = file;
    file = undefined;
    if (open !== undefined) closeSync(open);
  }

  attempt(() => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    const logs = logsIn(folder);
    for (const name of logs.slice(0, Math.max(0, logs.length + 1 - keep))) rmSync(join(folder, name), { force: true });
    file = openSync(join(folder, logName(header.id)), 'wx', 0o600);
  });
  add(header);

  return {
    onEvent(event) {
      if (event.event !== 'task-line' || written < long) add(event);
    },
    end(report) {
      add(report);
      close();
    },
    async abandon() {
      close();
    },
  };
}
