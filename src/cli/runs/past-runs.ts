import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { InputError } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { isAlive } from '../../files/process-names.js';
import { type PastRun, pastRuns } from '../../report/log/run-log-files.js';
import { logFolder } from '../site/keep-log.js';

/**
 * Reads the runs of a site, or of all sites in a folder, the oldest first. @throws InputError when there is nothing to
 * read
 */
export function runsOf(site: string): PastRun[] {
  try {
    const isFolder = statSync(site).isDirectory();
    const runs = pastRuns(logFolder(isFolder ? join(site, 'any') : site));
    return isFolder ? runs : runs.filter(({ header }) => header.site === basename(site));
  } catch (error) {
    throw new InputError([{ code: 'unreadable-file', message: `${site}: ${reasonOf(error)}` }]);
  }
}

/** Returns the end of a run in a word: `ok`, `failed`, `differences`, `interrupted`, `running`, `killed`. */
export function endingOf({ header, report }: PastRun): string {
  if (report === undefined) return header.controller === hostname() && isAlive(header.pid) ? 'running' : 'killed';
  if (report.interrupted) return 'interrupted';
  if (report.exitStatus === 0) return 'ok';
  return report.exitStatus === 3 ? 'differences' : 'failed';
}
