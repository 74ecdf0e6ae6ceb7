import type { Reporter, ReporterOptions } from '../report/reporter.js';
import { wantsColour } from './colour.js';
import type { ProvisionRequest } from './request.js';

/** The reporter that was asked for, or the one that fits: live needs a terminal. */
export async function pickReporter(request: ProvisionRequest): Promise<Reporter> {
  const { stdout } = process;
  const terminal = stdout.isTTY === true && process.env.TERM !== 'dumb';
  const options: ReporterOptions = {
    write: (text) => void stdout.write(text),
    color: wantsColour(stdout, request.color),
    verbosity: request.verbose,
    diff: request.diff,
    columns: stdout.columns,
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
