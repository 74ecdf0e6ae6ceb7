import type { RunReport } from '../engine/events.js';
import { type Failure, failureLines } from './failure.js';
import type { Paint } from './paint.js';
import { recapLines } from './recap.js';

/** What a report ends with: the recap, and below it, nearest to the prompt, each failure told in full. */
export function closingLines(
  report: RunReport,
  failures: readonly Failure[],
  options: { readonly paint: Paint; readonly columns: number | undefined; readonly cwd: string },
): string[] {
  const recap = ['', ...recapLines(report, options.paint, options.columns)];
  if (failures.length === 0) return recap;
  const heading = failures.length === 1 ? '1 failure' : `${failures.length} failures`;
  const blocks = failures.flatMap((failure) => {
    const [first = '', ...rest] = failureLines(failure, options);
    return ['', options.paint('red', first), ...rest];
  });
  return [...recap, '', options.paint('bold', heading), ...blocks];
}
