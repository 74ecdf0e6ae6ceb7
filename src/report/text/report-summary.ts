import type { RunEvent, RunReport } from '../../engine/events.js';
import type { KeptDifference } from '../../model/resource.js';
import { count } from '../../text/count.js';
import type { ReporterOptions } from '../reporter.js';
import { type Failure, failureLines, isFailure } from './failure.js';
import { painter } from './paint.js';
import { profile } from './profile.js';
import { recapLines } from './recap.js';

/** Summary at the end of a report, gathered from the events as they come. */
export interface ReportSummary {
  onEvent(event: RunEvent): void;
  /** Returns the recap, the slowest tasks where they are wanted, and last, nearest to the prompt, each failure in full. */
  lines(report: RunReport): string[];
}

/** Starts the summary of a run. */
export function reportSummary(options: ReporterOptions): ReportSummary {
  const failures: Failure[] = [];
  const origins = { unchanged: 0, edited: 0, leftover: 0, follows: 0 };
  const slowest = options.profile === true ? profile() : undefined;
  const paint = painter(options.color);
  return {
    onEvent(event) {
      slowest?.onEvent(event);
      if (isFailure(event)) failures.push(event);
      if (event.event === 'task-end' && event.origin !== undefined) origins[event.origin] += 1;
    },
    lines(report) {
      const recap = [
        '',
        ...recapLines(report, paint, options.columns),
        ...keptLine(report, origins),
        ...(slowest?.lines(report) ?? []),
      ];
      if (failures.length === 0) return recap;
      const heading = count(failures.length, 'failure');
      const blocks = failures.flatMap((failure) => {
        const [first = '', ...rest] = failureLines(failure, options);
        return ['', paint('red', first), ...rest];
      });
      return [...recap, '', paint('bold', heading), ...blocks];
    },
  };
}

/** Tells whose the differences are that were kept, and which flag updates them. */
function keptLine(
  { hosts }: RunReport,
  { unchanged, edited, leftover, follows }: Readonly<Record<NonNullable<KeptDifference['origin']>, number>>,
) {
  const kept = Object.values(hosts).reduce((sum, counts) => sum + counts.kept, 0);
  if (kept === 0) return [];
  const foreign = Math.max(0, kept - unchanged - edited - leftover - follows);
  const parts = [
    ...(unchanged > 0 ? [`${unchanged} unchanged since provision wrote them (--update updates them)`] : []),
    ...(edited > 0 ? [`${edited} edited since (--force)`] : []),
    ...(leftover > 0 ? [`${leftover} that the site no longer names (--prune removes them)`] : []),
    ...(follows > 0 ? [`${follows} because of another`] : []),
    ...(foreign > 0 ? [`${foreign} not written by provision (--force)`] : []),
  ];
  return [`${kept} kept: ${parts.join(', ')}`];
}
