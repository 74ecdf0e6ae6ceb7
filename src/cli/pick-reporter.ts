import { secrets } from '../diagnostics/secrets.js';
import { withoutSecrets } from '../report/redact-event.js';
import type { Reporter, ReporterOptions } from '../report/reporter.js';
import { wantsColour } from './colour.js';
import type { ProvisionRequest } from './request.js';

/** The reporter that was asked for, or the one that fits: live needs a terminal. */
export async function pickReporter(request: ProvisionRequest): Promise<Reporter> {
  return withoutSecrets(await reporterOf(request), secrets);
}

async function reporterOf(request: ProvisionRequest): Promise<Reporter> {
  const { stdout } = process;
  // A terminal that doesn't know its size (a bare pty) says 0: rows can't be drawn there.
  const columns = stdout.columns > 0 ? stdout.columns : undefined;
  const terminal = stdout.isTTY === true && columns !== undefined && process.env.TERM !== 'dumb';
  const options: ReporterOptions = {
    write: (text) => void stdout.write(text),
    color: wantsColour(stdout, request.color),
    verbosity: request.verbose,
    diff: request.diff,
    columns,
    cwd: process.cwd(),
  };
  switch (request.output ?? 'live') {
    case 'json':
      return (await import('../report/json.js')).jsonReporter(options);
    case 'live':
      if (terminal) return (await import('../report/live.js')).liveReporter(options);
      return (await import('../report/lines.js')).linesReporter(options);
    case 'lines':
      return (await import('../report/lines.js')).linesReporter(options);
  }
}
