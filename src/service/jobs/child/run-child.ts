import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../diagnostics/diagnostic.js';
import type { RunEvent } from '../../../engine/events.js';
import { changeRegistry } from './change-registry.js';
import { childRequest, type JobEnd } from './child-request.js';
import { collectOnHost } from './collect-on-host.js';
import { EventFile } from './event-file.js';
import { jobFileNames } from './job-file-names.js';
import { lookAtRoles, lookAtSite } from './look.js';
import { comparePublication, workOnPublication } from './publication-job.js';
import { readJournals } from './read-journals.js';
import { runSiteJob } from './run-site-job.js';

/**
 * Does the work of a job's process, as its standard input asks. A `look` is answered on standard output; the events of all else
 * go to the job's folder.
 * @returns the exit status
 */
export async function runChild(input: string, print: (text: string) => void, signal: AbortSignal): Promise<number> {
  const request = childRequest.parse(JSON.parse(input));
  if (request.work === 'look') {
    print(JSON.stringify(await lookAtSite(request)));
    return 0;
  }
  if (request.work === 'journals') {
    print(JSON.stringify(await readJournals(request)));
    return 0;
  }
  if (request.work === 'roles') {
    print(JSON.stringify(await lookAtRoles(request)));
    return 0;
  }
  if (request.work === 'compare') {
    print(JSON.stringify(await comparePublication(request, signal)));
    return 0;
  }
  const { folder } = request;
  // Whoever makes it does the job. A second process, started by a service that didn't know of the first, ends here.
  beginAlone(folder);
  const file = new EventFile(join(folder, jobFileNames.events));
  const end = (outcome: Omit<JobEnd, 'event' | 'time'>) =>
    file.add({ event: 'job-end', time: new Date().toISOString(), ...outcome });
  const onEvent = (event: RunEvent) => file.add(event);
  try {
    end(
      request.work === 'run'
        ? await runSiteJob(request, onEvent, signal)
        : request.work === 'registry'
          ? await changeRegistry(request, onEvent, signal)
          : request.work === 'collect'
            ? await collectOnHost(request, onEvent, signal)
            : await workOnPublication(request, onEvent, signal),
    );
    return 0;
  } catch (error) {
    end({ result: 'failed', problem: problemOf(error) });
    if (error instanceof InputError) return 1;
    throw error;
  } finally {
    file.close();
  }
}

/** @throws Error of the system, `EEXIST` where another process has begun, or none shall any more */
function beginAlone(folder: string): void {
  const path = join(folder, jobFileNames.started);
  const own = `${path}.${process.pid}`;
  writeFileSync(own, `${process.pid}\n`, { mode: 0o600 });
  try {
    linkSync(own, path); // It is never there without the number in it.
  } finally {
    rmSync(own);
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof InputError)) return error instanceof Error ? error.message : String(error);
  return error.diagnostics
    .slice(0, 20)
    .map(({ message, place }) => (place === undefined ? message : `${place.file}:${place.line}: ${message}`))
    .join('\n');
}
