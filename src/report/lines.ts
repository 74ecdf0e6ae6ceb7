import type { Reporter, ReporterOptions } from './reporter.js';
import { eventLines } from './text/event-text.js';
import { longTaskLines } from './text/long-task.js';
import { painter } from './text/paint.js';
import { reportSummary } from './text/report-summary.js';

/** Returns a reporter for logs and pipes, one line an event: `12:00:01 web1 docker-config › template /etc/sysconfig/docker: changed (created)`. */
export function linesReporter(options: ReporterOptions): Reporter {
  const paint = painter(options.color);
  const summary = reportSummary(options);
  const longTask = longTaskLines();
  const print = (lines: readonly string[]) => {
    if (lines.length > 0) options.write(`${lines.join('\n')}\n`);
  };
  return {
    onEvent(event) {
      summary.onEvent(event);
      if (options.verbosity === 1) print(longTask(event));
      print(eventLines(event, { ...options, paint }));
    },
    end(report) {
      print(summary.lines(report));
    },
  };
}
