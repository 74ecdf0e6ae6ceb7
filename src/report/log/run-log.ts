import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { printableJson } from '../../diagnostics/printable-json.js';
import { reasonOf } from '../../diagnostics/reason.js';
import type { RunEvent } from '../../engine/events.js';
import type { Reporter } from '../reporter.js';
import { briefOf } from './brief-events.js';
import { logName, logsIn, type RunHeader } from './run-log-files.js';

type TaskStart = Extract<RunEvent, { event: 'task-start' }>;

/** Options of a run's log. */
export interface RunLogOptions {
  /** Folder of the logs; created when it is missing. */
  readonly folder: string;
  readonly header: RunHeader;
  /** Most logs that the folder may hold, this one included. */
  readonly keep: number;
  /** Called once when the log cannot be written, or not completed: the run goes on. */
  readonly warn: (text: string) => void;
}

/** Bytes of a log after which single lines of a task's output are omitted. */
const long = 64 * 1024 * 1024;

/**
 * Returns a reporter that keeps a run's events in a file that only its owner may read. It has a JSON document a line: the
 * header, each event, the report; brief-events.ts has the form of tasks with nothing to do. Each is written at once (6 µs
 * of CPU), so that the log of a killed run is complete: the start of a task waits for its end only until this process
 * waits for something.
 */
export function runLog({ folder, header, keep, warn }: RunLogOptions): Reporter {
  let file: number | undefined;
  let written = 0;
  /** Starts of tasks that may end at once, by their hosts. */
  const started = new Map<string, TaskStart>();
  let flushing: NodeJS.Immediate | undefined;

  function attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      close();
      warn(`the log of this run in ${folder} is missing or incomplete: ${reasonOf(error)}`);
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

  function flush(): void {
    clearImmediate(flushing);
    flushing = undefined;
    for (const start of started.values()) add(start);
    started.clear();
  }

  function addEvent(event: RunEvent): void {
    const start = 'host' in event && event.host !== undefined ? started.get(event.host) : undefined;
    if (start !== undefined) started.delete(start.host);
    if (start !== undefined && event.event === 'task-end' && event.index === start.index) {
      const brief = briefOf(start, event);
      add(brief ?? start);
      if (brief === undefined) add(event);
      return;
    }
    if (start !== undefined) add(start);
    if (event.event === 'task-start') {
      started.set(event.host, event);
      flushing ??= setImmediate(flush);
    } else add(event);
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
      if (event.event !== 'task-line' || written < long) addEvent(event);
    },
    end(report) {
      flush();
      add(report);
      close();
    },
    async abandon() {
      flush();
      close();
    },
  };
}
