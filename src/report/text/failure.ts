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
  const status = failure.status === undefined ? '' : ` (exit status ${failure.status})`;
  if (lines.length === 0) return failure.status === undefined ? [] : [`no output${status}`];
  const left = lines.length - limit;
  const shown = left > 0 ? [`… ${count(left, 'earlier line')}`, ...lines.slice(-limit)] : lines;
  return [`output${status}:`, ...shown.map((line) => `  ${line}`)];
}

function hintLines(hint: string): string[] {
  const lines = visible(hint).trim().split('\n');
  return lines.map((line, index) => (index === 0 ? `try: ${line}` : `     ${line}`));
}
