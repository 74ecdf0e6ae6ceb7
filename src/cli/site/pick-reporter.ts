import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import type { Secrets } from '../../diagnostics/secrets/secrets.js';
import { combineReporters } from '../../report/combine-reporters.js';
import type { Reporter, ReporterOptions } from '../../report/reporter.js';
import { wantsColour } from '../terminal/colour.js';
import { printWithTurn } from '../terminal/output.js';
import { keepLog } from './keep-log.js';
import type { ProvisionRequest } from './request.js';

/**
 * Returns the reporters of a run as one: the output that was chosen, or fits (live needs a terminal), the run's log,
 * and a JUnit file where one was named.
 *
 * @param hosts all that the run is for
 */
export async function pickReporter(
  request: ProvisionRequest,
  hosts: readonly string[],
  secrets: Secrets,
): Promise<Reporter> {
  const document = request.junit === undefined ? [] : [await junitFileReporter(request.junit, request)];
  const shown = await reporterOf(request);
  const warn = (text: string) =>
    shown.onEvent({ event: 'message', time: new Date().toISOString(), level: 'warning', text });
  const log = keepLog(request, hosts, secrets, warn) ?? [];
  return combineReporters([log, document, shown].flat());
}

async function reporterOf(request: ProvisionRequest): Promise<Reporter> {
  const { stdout } = process;
  // A terminal that doesn't know its size (a bare pty) says 0: rows can't be drawn there.
  const columns = stdout.columns > 0 ? stdout.columns : undefined;
  const terminal = stdout.isTTY === true && columns !== undefined && process.env.TERM !== 'dumb';
  const options: ReporterOptions = {
    write: printWithTurn,
    color: wantsColour(stdout, request.color),
    verbosity: request.verbose,
    diff: request.diff,
    profile: request.profile,
    columns,
    cwd: process.cwd(),
  };
  switch (request.output ?? (request.step ? 'lines' : 'live')) {
    case 'json':
      return (await import('../../report/json.js')).jsonReporter(options);
    case 'junit':
      return junitOutput(options.write, request);
    case 'live':
      if (terminal) return (await import('../../report/live/live.js')).liveReporter(options);
      return (await import('../../report/lines.js')).linesReporter(options);
    case 'lines':
      return (await import('../../report/lines.js')).linesReporter(options);
  }
}

/**
 * Makes the file, empty, so that one that can't be written is reported before any host is contacted. @throws InputError
 */
async function junitFileReporter(path: string, request: ProvisionRequest): Promise<Reporter> {
  const diagnostics = new Diagnostics();
  try {
    writeFileSync(path, '');
  } catch (error) {
    diagnostics.add({ code: 'unwritable-file', message: `--junit ${path}: ${reasonOf(error)}` });
  }
  diagnostics.throwIfAny();
  return junitOutput((text) => writeFileSync(path, text), request);
}

async function junitOutput(write: (text: string) => void, request: ProvisionRequest): Promise<Reporter> {
  const { junitReporter } = await import('../../report/junit.js');
  return junitReporter({ write, name: basename(request.site), cwd: process.cwd() });
}
