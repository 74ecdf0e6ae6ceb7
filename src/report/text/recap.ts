import { visibleLine } from '../../diagnostics/printable.js';
import type { RunReport } from '../../engine/events.js';
import { count } from '../../text/count.js';
import { shortDuration } from './clock.js';
import type { Colour, Paint } from './paint.js';

type HostCounts = RunReport['hosts'][string];

interface Column {
  readonly name: keyof HostCounts;
  readonly colour: Colour;
}

/** Counts of Ansible in its order, then ours. */
const columns: readonly Column[] = [
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
 * @param width of the terminal in characters, where there is one. Where the lines would be wider than it, counts that are
 *   zero for all hosts are left out; what is wider still isn't padded
 */
export function recapLines(report: RunReport, paint: Paint, width: number | undefined): string[] {
  const hosts = Object.entries(report.hosts)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([host, counts]) => [visibleLine(host), counts] as const);
  const name = Math.max(26, ...hosts.map(([host]) => host.length));
  const fits = (some: readonly Column[], before = name) =>
    width === undefined || some.reduce((sum, column) => sum + widthOf(column) + 1, before + 3) + 6 <= width;
  const shown = fits(columns) ? columns : columns.filter((column) => isTelling(column, report));
  const longest = Math.max(0, ...hosts.map(([host]) => host.length));
  const pad = [name, longest].find((before) => fits(shown, before)) ?? 0;
  const heading = 'PLAY RECAP ';
  return [
    paint('bold', heading + '*'.repeat(Math.max(3, Math.min(width ?? 80, 80) - heading.length))),
    ...hosts.map(([host, counts]) => hostLine(host, counts, paint, { shown, pad })),
    lastLine(report, hosts.length),
  ];
}

interface Layout {
  readonly shown: readonly Column[];
  /** Characters to which names are padded; 0: nothing is padded. */
  readonly pad: number;
}

function hostLine(host: string, counts: HostCounts, paint: Paint, { shown, pad }: Layout): string {
  // Zeros would look as if nothing had to be done there.
  if (isNotReached(counts)) return `${host.padEnd(pad)} : not reached: the run ended before its turn`;
  const cells = shown.map((column) => {
    const text = `${column.name}=${counts[column.name]}`;
    const cell = pad === 0 ? text : text.padEnd(widthOf(column));
    return counts[column.name] > 0 ? paint(column.colour, cell) : cell;
  });
  return `${paint(hostColour(counts), host.padEnd(pad))} : ${cells.join(' ')} ${shortDuration(counts.seconds)}`;
}

function widthOf({ name }: Column): number {
  return name.length + 1 + valueWidth;
}

/** Tells if a count says something of a run: work done, or anything but zero. */
function isTelling({ name }: Column, { hosts }: RunReport): boolean {
  return name === 'ok' || name === 'changed' || Object.values(hosts).some((counts) => counts[name] > 0);
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
