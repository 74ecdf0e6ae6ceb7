import type { RunEvent, RunReport } from '../../engine/events.js';
import type { ReporterOptions } from '../reporter.js';
import { type Failure, failureLines, isFailure } from './failure.js';
import { painter } from './paint.js';
import { profile } from './profile.js';
import { recapLines } from './recap.js';

/** What a report ends with, gathered from the events as they come. */
export interface Closing {
  onEvent(event: RunEvent): void;
  /** The recap, the slowest tasks where they are wanted, and below them, nearest to the prompt, each failure told in full. */
  lines(report: RunReport): string[];
}

export function closing(options: ReporterOptions): Closing {
  const failures: Failure[] = [];
  const slowest = options.profile === true ? profile() : undefined;
  const paint = painter(options.color);
  return {
    onEvent(event) {
      slowest?.onEvent(event);
      if (isFailure(event)) failures.push(event);
    },
    lines(report) {
      const recap = ['', ...recapLines(report, paint, options.columns), ...(slowest?.lines(report) ?? [])];
      if (failures.length === 0) return recap;
      const heading = failures.length === 1 ? '1 failure' : `${failures.length} failures`;
      const blocks = failures.flatMap((failure) => {
        const [first = '', ...rest] = failureLines(failure, options);
        return ['', paint('red', first), ...rest];
      });
      return [...recap, '', paint('bold', heading), ...blocks];
    },
  };
}
