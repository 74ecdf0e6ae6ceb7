import { hostname, userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { maskSecretValues } from '../../diagnostics/secrets/secret-names.js';
import type { Secrets } from '../../diagnostics/secrets/secrets.js';
import { runLog } from '../../report/log/run-log.js';
import { newRunId } from '../../report/log/run-log-files.js';
import type { Reporter } from '../../report/reporter.js';
import { packageVersion } from '../terminal/package-version.js';
import type { ProvisionRequest } from './request.js';

const variable = 'PROVISION_KEEP_RUNS';

/** Number of logs of runs that are kept, unless PROVISION_KEEP_RUNS gives another. */
export const keptRuns = 50;

/** Returns the folder of a site's logs: `.provision/runs` beside it. */
export function logFolder(site: string): string {
  return join(dirname(resolve(site)), '.provision', 'runs');
}

/** Returns the reporter that writes the log of a run; undefined when PROVISION_KEEP_RUNS is 0. */
export function keepLog(
  request: ProvisionRequest,
  hosts: readonly string[],
  secrets: Secrets,
  warn: (text: string) => void,
): Reporter | undefined {
  const asked = process.env[variable] ?? '';
  const keep = asked === '' ? keptRuns : Number(asked);
  if (!Number.isInteger(keep) || keep < 0) {
    warn(`${variable}=${asked} is not a whole number: this run leaves no log`);
    return undefined;
  }
  if (keep === 0) return undefined;
  const now = new Date();
  return runLog({
    folder: logFolder(request.site),
    keep,
    warn: (text) => warn(`${text} (${variable}=0: leave none)`),
    header: {
      run: 1,
      id: newRunId(now),
      time: now.toISOString(),
      version: packageVersion(),
      site: basename(request.site),
      options: optionsOf(request, secrets),
      cwd: process.cwd(),
      user: userName(),
      controller: hostname(),
      pid: process.pid,
      check: request.check,
      hosts: [...hosts],
    },
  });
}

/**
 * Returns the options of the command line for the log, without the values of variables that are secrets by their name.
 */
function optionsOf({ site: _, ...options }: ProvisionRequest, secrets: Secrets): Record<string, unknown> {
  const given = Object.entries(options).filter(
    ([, value]) =>
      value !== undefined && value !== false && value !== 0 && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(given.map(([name, value]) => [name, loggedValue(name, value)]));

  function loggedValue(name: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => loggedValue(name, each));
    if (typeof value !== 'string') return value;
    return secrets.redact(name === 'extraVars' ? maskSecretValues(value) : value);
  }
}

/** Returns the user's name, which a container may not have: then the number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
