import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readFirstLine, readLastLine } from '../../diagnostics/read-lines.js';
import { type RunReport, reportSchema } from '../../engine/events.js';

/** The first line of a run's log: what was asked for, and by whom. */
const headerSchema = z.object({
  run: z.literal(1).describe('version of this document'),
  id: z.string(),
  /** When it began. */
  time: z.string(),
  version: z.string(),
  /** File name of the site; its log lies beside it. */
  site: z.string(),
  /** What the command line said, without secrets and without what it left out. */
  options: z.record(z.string(), z.unknown()),
  cwd: z.string(),
  /** Who ran it, where, and as which process. */
  user: z.string(),
  controller: z.string(),
  pid: z.number(),
  check: z.boolean(),
  /** The hosts that its plays have. */
  hosts: z.array(z.string()),
});
export type RunHeader = z.infer<typeof headerSchema>;

/** A run as its log tells of it. */
export interface PastRun {
  readonly path: string;
  readonly header: RunHeader;
  /** Undefined while it runs, and for ever when it was killed. */
  readonly report: RunReport | undefined;
}

/** A name for a run that begins now: `20260301T120001-123f00`. Names are in the order of time, to the millisecond. */
export function newRunId(now: Date): string {
  const [moment = '', milliseconds = ''] = now.toISOString().replaceAll(/[-:Z]/g, '').split('.');
  return `${moment}-${milliseconds}${randomBytes(2).toString('hex')}`;
}

export function logName(id: string): string {
  return `${id}.ndjson`;
}

/** Names of the logs in a folder, the oldest first; none when there is no folder. @throws when it may not be read */
export function logsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^\d{8}T\d{6}-\w+\.ndjson$/.test(entry.name)) // A pipe would never be read to its end.
    .map(({ name }) => name)
    .sort();
}

/** The runs that left a log in a folder, the oldest first. A log that can't be made out is left out. */
export function pastRuns(folder: string): PastRun[] {
  return logsIn(folder).flatMap((name) => readRun(join(folder, name)) ?? []);
}

function readRun(path: string): PastRun | undefined {
  const header = headerSchema.safeParse(jsonOf(readFirstLine(path)));
  if (!header.success) return undefined;
  const report = reportSchema.safeParse(jsonOf(readLastLine(path)));
  return { path, header: header.data, report: report.success ? report.data : undefined };
}

/** What a line of JSON holds; undefined where it was cut off. */
export function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
