import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readFirstLine, readLastLine } from '../../diagnostics/read-lines.js';
import { type RunReport, reportSchema } from '../../engine/events.js';

/** First line of a run's log: its options, and who started it. */
const headerSchema = z.object({
  run: z.literal(1).describe('version of this document'),
  id: z.string(),
  /** Time of its start. */
  time: z.string(),
  version: z.string(),
  /** File name of the site; its log lies beside it. */
  site: z.string(),
  /** Options given on the command line, without secrets. */
  options: z.record(z.string(), z.unknown()),
  cwd: z.string(),
  /** User, machine and process that ran it. */
  user: z.string(),
  controller: z.string(),
  pid: z.number(),
  check: z.boolean(),
  /** Hosts of its plays. */
  hosts: z.array(z.string()),
});
export type RunHeader = z.infer<typeof headerSchema>;

/** Run of the past, from its log. */
export interface PastRun {
  readonly path: string;
  readonly header: RunHeader;
  /** Undefined while it runs, and for good when it was killed. */
  readonly report: RunReport | undefined;
}

/** Returns a name for a run that starts now: `20260301T120001-123f00`. Names sort by time, to the millisecond. */
export function newRunId(now: Date): string {
  const [moment = '', milliseconds = ''] = now.toISOString().replaceAll(/[-:Z]/g, '').split('.');
  return `${moment}-${milliseconds}${randomBytes(2).toString('hex')}`;
}

/** Returns the file name of a run's log. */
export function logName(id: string): string {
  return `${id}.ndjson`;
}

/** Returns the names of the logs in a folder, the oldest first; none when there is no folder. @throws when it may not be read */
export function logsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^\d{8}T\d{6}-\w+\.ndjson$/.test(entry.name)) // A pipe would never be read to its end.
    .map(({ name }) => name)
    .sort();
}

/** Reads the runs that left a log in a folder, the oldest first. Unreadable logs are skipped. */
export function pastRuns(folder: string): PastRun[] {
  return logsIn(folder).flatMap((name) => readRun(join(folder, name)) ?? []);
}

function readRun(path: string): PastRun | undefined {
  const header = headerSchema.safeParse(parseLine(readFirstLine(path)));
  if (!header.success) return undefined;
  const report = reportSchema.safeParse(parseLine(readLastLine(path)));
  return { path, header: header.data, report: report.success ? report.data : undefined };
}

/** Parses a line of JSON; returns undefined where it was cut off. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
