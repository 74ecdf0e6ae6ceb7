import { visibleLine } from '../../diagnostics/printable.js';
import type { PastRun } from '../../report/log/run-log-files.js';
import { shortDuration } from '../../report/text/clock.js';
import { type Colour, painter } from '../../report/text/paint.js';
import { wantsColour } from '../terminal/colour.js';
import { columns } from '../terminal/columns.js';
import { complainOf } from '../terminal/complain.js';
import { printJson, printText } from '../terminal/output.js';
import { endingOf, runsOf } from './past-runs.js';

/** Options of `provision runs`. */
export interface RunsRequest {
  /** Site, or folder of sites. */
  readonly site: string;
  readonly output: 'lines' | 'json';
  readonly color?: boolean;
}

/** Prints a line for each run: `provision runs list`. */
export async function listAction(request: RunsRequest): Promise<number> {
  try {
    const runs = runsOf(request.site);
    if (request.output === 'json') for (const run of runs) printJson({ ...run, ending: endingOf(run) });
    else printText(table(runs, request));
    return 0;
  } catch (error) {
    return complainOf(error, request);
  }
}

const headings = ['RUN', 'WHEN', 'SITE', 'HOSTS', 'CHANGED', 'FAILED', 'TIME', 'ENDED'];

function table(runs: readonly PastRun[], { color, site }: RunsRequest): string {
  if (runs.length === 0) return `there are no logs of runs of ${visibleLine(site)}\n`;
  const paint = painter(wantsColour(process.stdout, color));
  const lines = columns([headings, ...runs.map(row)]).map((line, index) => {
    const run = runs[index - 1];
    return run === undefined ? line : paint(colourOf(run), line);
  });
  return `${lines.join('\n')}\n`;
}

function row(run: PastRun): string[] {
  const { header, report } = run;
  const hosts = report === undefined ? undefined : Object.values(report.hosts);
  const bad = hosts?.filter(({ failed, unreachable }) => failed + unreachable > 0).length;
  return [
    header.id,
    localTime(header.time),
    header.site,
    String(header.hosts.length),
    hosts === undefined ? '-' : String(hosts.reduce((sum, { changed }) => sum + changed, 0)),
    bad === undefined ? '-' : String(bad),
    report === undefined ? '-' : shortDuration(report.seconds),
    `${endingOf(run)}${header.check ? ' (check)' : ''}`,
  ];
}

function colourOf(run: PastRun): Colour {
  const word = endingOf(run);
  if (word === 'ok') return 'green';
  return word === 'running' || word === 'differences' ? 'yellow' : 'red';
}

/** Returns a time on the clock of the reader: `2026-03-01 12:00:01`. */
export function localTime(time: string): string {
  const date = new Date(time);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}
