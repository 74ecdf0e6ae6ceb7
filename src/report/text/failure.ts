import { printable, visible, visibleBlock, visibleLine } from '../../diagnostics/printable.js';
import type { RunEvent } from '../../engine/events.js';
import { count } from '../../text/count.js';
import { shortPath } from './short-path.js';
import { taskTitle } from './task-text.js';

/** Event of a task or host that failed. */
export type Failure = Extract<RunEvent, { event: 'task-end' | 'host-failed' | 'host-unreachable' }>;

/** Most lines of a script's output: the last ones, where the reason usually is. */
const shownOutput = 40;

/** Tells whether an event belongs to the list of failures at the end: not if the host went on after it. */
export function isFailure(event: RunEvent): event is Failure {
  if (event.event === 'task-end') return event.outcome === 'failed' && !event.ignored && !event.rescued;
  return event.event === 'host-failed' || event.event === 'host-unreachable';
}

/** Returns a failure in full: host and task, what was attempted, its place, the script's output, what to try. */
export function failureLines(failure: Failure, options: { cwd: string; outputLines?: number }): string[] {
  return [heading(failure), ...body(failure, options).map((line) => `    ${line}`)];
}

/** Returns a failure without its first line, for a place below a line that names the task already. */
export function failureDetails(failure: Failure, options: { cwd: string; outputLines?: number }): string[] {
  return body(failure, options).map((line) => `    ${line}`);
}

function heading(failure: Failure): string {
  if (failure.event === 'task-end') return `${taskTitle(failure)}: ${visibleBlock(failure.summary)}`;
  const what = failure.event === 'host-unreachable' ? 'unreachable' : 'failed';
  return `${visibleLine(failure.host)}: ${what}: ${visibleBlock(failure.message)}`;
}

function body(failure: Failure, { cwd, outputLines = shownOutput }: { cwd: string; outputLines?: number }): string[] {
  const lines: string[] = [];
  if (failure.event === 'task-end') {
    const { place } = failure;
    if (place) lines.push(`at ${visibleLine(shortPath(place.file, cwd))}:${place.line}:${place.column}`);
    lines.push(...outputLinesOf(failure, outputLines));
  }
  if (failure.hint) lines.push(...hintLines(failure.hint));
  return lines;
}

function outputLinesOf(failure: Extract<Failure, { event: 'task-end' }>, limit: number): string[] {
  const output = [failure.stdout, failure.stderr]
    .map((text) => printable(text ?? '').trimEnd())
    .filter((text) => text !== '');
  const lines = output.flatMap((text) => text.split('\n'));
  const isKnown = failure.status === undefined || failure.summary.includes(`exit status ${failure.status}`);
  const status = isKnown ? '' : ` (exit status ${failure.status})`;
  if (lines.length === 0) return failure.status === undefined ? [] : [`no output${status}`];
  return [`output${status}:`, ...shorten(lines, limit).map((line) => `  ${line}`)];
}

/** Words of a program that says why it failed. */
const reason =
  /\b(error|failed|failure|fatal|panic|cannot|can't|could not|unable|denied|refused|invalid|unknown|no such)\b/i;
/** Lines of systemd about a service that failed, whatever the reason. */
const ofSystemd = /^(\S+\.\w+: |Job for |Failed to start |Dependency failed |systemd\b)/;

/** Returns the last lines; where none of them gives a reason, and an earlier one does, that one in the place of one. */
function shorten(lines: readonly string[], limit: number): readonly string[] {
  const left = lines.length - limit;
  if (left <= 0) return lines;
  const isReason = (line: string) => reason.test(line) && !ofSystemd.test(line);
  const at = lines.slice(-limit).some(isReason) ? -1 : lines.findLastIndex(isReason);
  const found = lines[at];
  if (found === undefined || limit < 2) return [`… ${count(left, 'earlier line')}`, ...lines.slice(-limit)];
  const between = left - at;
  return [
    ...(at === 0 ? [] : [`… ${count(at, 'earlier line')}`]),
    found,
    ...(between === 0 ? [] : [`… ${count(between, 'line')}`]),
    ...lines.slice(1 - limit),
  ];
}

function hintLines(hint: string): string[] {
  const lines = visible(hint).trim().split('\n');
  return lines.map((line, index) => (index === 0 ? `try: ${line}` : `     ${line}`));
}
