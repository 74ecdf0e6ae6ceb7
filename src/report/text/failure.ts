import { printable, visible, visibleBlock, visibleLine } from '../../diagnostics/printable.js';
import type { RunEvent } from '../../engine/events.js';
import { shortPath } from './short-path.js';
import { taskTitle } from './task-text.js';

/** What ended a host's run, or took part of its work away. */
export type Failure = Extract<RunEvent, { event: 'task-end' | 'host-failed' | 'host-unreachable' }>;

/** How many lines of a host's output are shown; the end of it, where the reason usually is. */
const shownOutput = 40;

/** Whether an event belongs into the list of failures that closes a report: not one that the host went on after. */
export function isFailure(event: RunEvent): event is Failure {
  if (event.event === 'task-end') return event.outcome === 'failed' && !event.ignored && !event.rescued;
  return event.event === 'host-failed' || event.event === 'host-unreachable';
}

/** A failure told in full: who, what was attempted, where that was written, what the host said, what to try. */
export function failureLines(failure: Failure, options: { cwd: string; outputLines?: number }): string[] {
  return [heading(failure), ...body(failure, options).map((line) => `    ${line}`)];
}

/** The same without its first line, for below a line that names the task already. */
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
    lines.push(...said(failure, outputLines));
  }
  if (failure.hint) lines.push(...whatToTry(failure.hint));
  return lines;
}

function said(failure: Extract<Failure, { event: 'task-end' }>, limit: number): string[] {
  const output = [failure.stdout, failure.stderr]
    .map((text) => printable(text ?? '').trimEnd())
    .filter((text) => text !== '');
  const lines = output.flatMap((text) => text.split('\n'));
  const status = failure.status === undefined ? '' : ` (exit status ${failure.status})`;
  if (lines.length === 0) return failure.status === undefined ? [] : [`the host said nothing${status}`];
  const left = lines.length - limit;
  const shown = left > 0 ? [`… ${left} earlier ${left === 1 ? 'line' : 'lines'}`, ...lines.slice(-limit)] : lines;
  return [`the host said${status}:`, ...shown.map((line) => `  ${line}`)];
}

function whatToTry(hint: string): string[] {
  const lines = visible(hint).trim().split('\n');
  return lines.map((line, index) => (index === 0 ? `try: ${line}` : `     ${line}`));
}
