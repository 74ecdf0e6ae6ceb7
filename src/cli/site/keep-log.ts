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

/** How many logs of runs are kept where nothing else is said. */
export const keptRuns = 50;

/** The folder of a site's logs: `.provision/runs` beside it. */
export function logFolder(site: string): string {
  return join(dirname(resolve(site)), '.provision', 'runs');
}

/** What keeps the log of a run; undefined when PROVISION_KEEP_RUNS says that there are to be none. */
export function keepLog(
  request: ProvisionRequest,
  hosts: readonly string[],
  secrets: Secrets,
  warn: (text: string) => void,
): Reporter | undefined {
  const asked = process.env[variable] ?? '';
  const keep = asked === '' ? keptRuns : Number(asked);
  if (!Number.isInteger(keep) || keep < 0) {
    warn(`${variable}=${asked} is no whole number: this run leaves no log`);
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

/** What was given on the command line; of a variable whose name says that it is a secret, the name. */
function optionsOf({ site: _, ...options }: ProvisionRequest, secrets: Secrets): Record<string, unknown> {
  const given = Object.entries(options).filter(
    ([, value]) =>
      value !== undefined && value !== false && value !== 0 && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(given.map(([name, value]) => [name, shown(name, value)]));

  function shown(name: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => shown(name, each));
    if (typeof value !== 'string') return value;
    return secrets.redact(name === 'extraVars' ? maskSecretValues(value) : value);
  }
}

/** There may be none: in a container the process' user is often only a number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
