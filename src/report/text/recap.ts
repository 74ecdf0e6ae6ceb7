import { visibleLine } from '../../diagnostics/printable.js';
import type { RunReport } from '../../engine/events.js';
import { count } from '../../text/count.js';
import { shortDuration } from './clock.js';
import type { Colour, Paint } from './paint.js';

type HostCounts = RunReport['hosts'][string];

/** Counts of Ansible in its order, then ours. */
const columns: readonly { readonly name: keyof HostCounts; readonly colour: Colour }[] = [
  { name: 'ok', colour: 'green' },
  { name: 'changed', colour: 'yellow' },
  { name: 'unreachable', colour: 'red' },
  { name: 'failed', colour: 'red' },
  { name: 'skipped', colour: 'cyan' },
  { name: 'rescued', colour: 'yellow' },
  { name: 'ignored', colour: 'blue' },
  { name: 'kept', colour: 'blue' },
  { name: 'unknown', colour: 'magenta' },
];

/** Characters to which a count is padded. */
const valueWidth = 4;

/**
 * Returns the lines that end a run: `host : ok=3 changed=1 …` as Ansible prints them, with kept, unknown and the time.
 *
 * @param width of the terminal in characters, where there is one; lines that would be wider than it aren't padded
 */
export function recapLines(report: RunReport, paint: Paint, width: number | undefined): string[] {
  const hosts = Object.entries(report.hosts)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([host, counts]) => [visibleLine(host), counts] as const);
  const name = Math.max(26, ...hosts.map(([host]) => host.length));
  const cells = columns.reduce((sum, column) => sum + column.name.length + valueWidth + 2, 0);
  const padded = width === undefined || name + 3 + cells + 6 <= width;
  const heading = 'PLAY RECAP ';
  return [
    paint('bold', heading + '*'.repeat(Math.max(3, Math.min(width ?? 80, 80) - heading.length))),
    ...hosts.map(([host, counts]) => hostLine(host, counts, paint, padded ? name : 0)),
    lastLine(report, hosts.length),
  ];
}

function hostLine(host: string, counts: HostCounts, paint: Paint, name: number): string {
  // Zeros would look as if nothing had to be done there.
  if (isNotReached(counts)) return `${host.padEnd(name)} : not reached: the run ended before its turn`;
  const cells = columns.map(({ name: column, colour }) => {
    const text = `${column}=${counts[column]}`;
    const cell = name === 0 ? text : text.padEnd(column.length + 1 + valueWidth);
    return counts[column] > 0 ? paint(colour, cell) : cell;
  });
  return `${paint(hostColour(counts), host.padEnd(name))} : ${cells.join(' ')} ${shortDuration(counts.seconds)}`;
}

/** Tells if a run ended before it began with a host. */
function isNotReached(counts: HostCounts): boolean {
  return counts.seconds === 0 && columns.every(({ name }) => counts[name] === 0);
}

function hostColour(counts: HostCounts): Colour {
  if (counts.failed + counts.unreachable > 0) return 'red';
  return counts.changed > 0 ? 'yellow' : 'green';
}

function lastLine(report: RunReport, hosts: number): string {
  const what = `${count(hosts, 'host')} in ${shortDuration(report.seconds)}`;
  if (report.interrupted) return `interrupted: ${what}`;
  return report.check ? `check: ${what}, nothing was changed` : what;
}
