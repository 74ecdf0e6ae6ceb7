import { InputError } from '../../diagnostics/diagnostic.js';
import { printableJson, printableJsonText } from '../../diagnostics/printable-json.js';
import { readLines } from '../../diagnostics/read-lines.js';
import { eventSchema } from '../../engine/events.js';
import { linesReporter } from '../../report/lines.js';
import { eventsOf } from '../../report/log/brief-events.js';
import { type PastRun, parseLine } from '../../report/log/run-log-files.js';
import { wantsColour } from '../terminal/colour.js';
import { complainOf } from '../terminal/complain.js';
import { printLines, printText } from '../terminal/output.js';
import { localTime, type RunsRequest } from './list.js';
import { endingOf, runsOf } from './past-runs.js';

/** Options of `provision runs show`. */
export interface ShowRequest extends RunsRequest {
  readonly diff: boolean;
  readonly verbose: number;
  readonly profile: boolean;
}

/** Shows a run as the lines reporter does, or its events as they are: `provision runs show`. */
export async function showAction(id: string, request: ShowRequest): Promise<number> {
  try {
    const run = findRun(id, request.site);
    if (request.output === 'json') printDocuments(run.path);
    else print(run, request);
    return 0;
  } catch (error) {
    return complainOf(error, request);
  }
}

function findRun(id: string, site: string): PastRun {
  const runs = runsOf(site);
  const found = id === 'last' ? runs.slice(-1) : runs.filter(({ header }) => header.id.startsWith(id));
  const [run] = found;
  if (run !== undefined && found.length === 1) return run;
  const message = run === undefined ? `there is no run ${id}` : `${found.length} runs begin with ${id}`;
  throw new InputError([{ code: 'rerun', message, hint: 'list them with provision runs' }]);
}

/**
 * Prints the lines that `--output json` printed, without the header. A line that was cut off, or is no document at all,
 * is skipped.
 */
function printDocuments(path: string): void {
  let isHeader = true;
  for (const line of readLines(path)) {
    const document = isHeader ? undefined : parseLine(line);
    if (typeof document === 'object') printLines(documentsOf(document, line));
    isHeader = false;
  }
}

function documentsOf(document: unknown, line: string): string[] {
  const events = eventsOf(document);
  return events.length === 1 ? [printableJsonText(line)] : events.map((event) => printableJson(event));
}

function print(run: PastRun, request: ShowRequest): void {
  const { header, report } = run;
  const options = Object.entries(header.options).flatMap(([name, value]) =>
    [value].flat().map((each) => optionText(name, each)),
  );
  printLines([
    `run ${header.id} of ${[header.site, ...options].join(' ')}`,
    `${localTime(header.time)} by ${header.user} on ${header.controller}, provision ${header.version}`,
  ]);
  const reporter = linesReporter({
    write: printText,
    color: wantsColour(process.stdout, request.color),
    verbosity: request.verbose,
    diff: request.diff,
    profile: request.profile,
    columns: undefined,
    cwd: process.cwd(),
  });
  for (const line of readLines(run.path)) {
    for (const document of eventsOf(parseLine(line))) {
      const event = eventSchema.safeParse(document);
      if (event.success) reporter.onEvent(event.data);
    }
  }
  if (report === undefined)
    printLines([`the log ends here: the run ${endingOf(run) === 'running' ? 'is still under way' : 'was killed'}`]);
  else reporter.end(report);
}

/** Returns an option as it was written: `--limit web`. */
function optionText(name: string, value: unknown): string {
  const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return value === true ? flag : `${flag} ${String(value)}`;
}
