import { printableLine, visibleBlock, visibleLine, visibleMessage } from '../../diagnostics/printable.js';
import type { RunEvent } from '../../engine/events.js';
import { shortDuration, timeOfDay } from './clock.js';
import { diffLines, fullDiff, shortDiff } from './diff-text.js';
import { failureDetails } from './failure.js';
import type { Paint } from './paint.js';
import { outcomeText, retryText, type TaskEnd, taskTitle } from './task-text.js';

/** Options of {@link eventLines}. */
export interface EventTextOptions {
  readonly paint: Paint;
  readonly verbosity: number;
  readonly diff: boolean;
  readonly cwd: string;
}

/** Returns the lines of an event for a person; none where the verbosity doesn't include it. */
export function eventLines(event: RunEvent, options: EventTextOptions): string[] {
  const { paint, verbosity } = options;
  const at = timeOfDay(event.time);
  switch (event.event) {
    case 'play-start':
      return [`${at} ${paint('bold', `play ${visibleLine(event.play)}`)} (${hostList(event.hosts)})`];
    case 'task-end':
      return isShown(event, verbosity) ? [taskLine(event, at, options), ...detailLines(event, options)] : [];
    case 'host-facts':
      return verbosity >= 2 ? [`${at} ${visibleLine(event.host)}: facts`, ...factLines(event.facts)] : [];
    case 'task-line':
      return verbosity >= 2 ? [`${at} ${taskTitle(event)}: ${printableLine(event.line)}`] : [];
    case 'task-retry':
      return [`${at} ${taskTitle(event)}: ${paint('yellow', retryText(event))}`];
    case 'host-unreachable':
      return [
        `${at} ${visibleLine(event.host)}: ${paint('red', `unreachable: ${visibleBlock(event.message)}`)}`,
        ...failureDetails(event, options),
      ];
    case 'host-failed':
      return [
        `${at} ${visibleLine(event.host)}: ${paint('red', `failed: ${visibleBlock(event.message)}`)}`,
        ...failureDetails(event, options),
      ];
    case 'message': {
      const text = visibleMessage(event.host === undefined ? event.text : `${event.host}: ${event.text}`);
      return [`${at} ${event.level === 'warning' ? paint('yellow', text) : text}`];
    }
    case 'run-start':
    case 'host-start':
    case 'host-end':
    case 'task-start':
    case 'run-end':
      return [];
  }
}

/** Tells whether a task is shown: skipped ones need -v, unless `--root` is why they were skipped. */
function isShown(event: TaskEnd, verbosity: number): boolean {
  return event.outcome !== 'skipped' || verbosity >= 1 || event.skippedBecause === 'root';
}

function taskLine(event: TaskEnd, at: string, { paint, verbosity }: EventTextOptions): string {
  const took = verbosity >= 2 ? ` ${paint('dim', shortDuration(event.seconds))}` : '';
  return `${at} ${taskTitle(event)}: ${outcomeText(event, paint)}${took}`;
}

function detailLines(event: TaskEnd, options: EventTextOptions): string[] {
  const lines: string[] = [];
  if (event.diff && (options.diff || event.outcome === 'kept')) {
    lines.push(...diffLines(event.diff, options.paint, options.diff ? fullDiff : shortDiff));
  }
  if (options.verbosity >= 1) {
    lines.push(...(event.details ?? []).map((line) => `    ${visibleBlock(line)}`));
  }
  if (event.outcome === 'failed') {
    lines.push(...failureDetails(event, { cwd: options.cwd, outputLines: options.verbosity >= 1 ? 40 : 3 }));
  } else if (event.hint) {
    lines.push(`    ${visibleBlock(event.hint)}`);
  }
  return lines;
}

function factLines(facts: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(facts).map(([name, value]) => {
    return `    ${visibleLine(name)}: ${visibleLine(Array.isArray(value) ? value.join(' ') : String(value))}`;
  });
}

function hostList(hosts: readonly string[]): string {
  if (hosts.length <= 3) return hosts.map(visibleLine).join(', ');
  return `${hosts.length} hosts`;
}
