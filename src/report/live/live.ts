import { writeSync } from 'node:fs';
import { Listr } from 'listr2';
import { printableLine, visibleLine } from '../../diagnostics/printable.js';
import type { RunEvent, RunReport } from '../../engine/events.js';
import type { Reporter, ReporterOptions } from '../reporter.js';
import { eventLines } from '../text/event-text.js';
import { painter } from '../text/paint.js';
import { reportSummary } from '../text/report-summary.js';
import { retryText, taskTitle } from '../text/task-text.js';
import { type Above, hostRows } from './host-rows.js';

/** Row of a host: its title is shown while it isn't empty. */
interface Row {
  title: string;
}

/**
 * Returns a reporter for a terminal. Each host at work has a row with its current task and the newest line of its output.
 * Above the rows is the output of the lines reporter, without the tasks that found nothing to do. The engine schedules;
 * listr2 only draws, and its tasks end when the run does.
 */
export function liveReporter(options: ReporterOptions): Reporter {
  const paint = painter(options.color);
  const above: Above = { text: '' };
  const summary = reportSummary(options);
  const rows = new Map<string, Row>();
  const titles = new Map<string, string>();
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let drawn: Promise<unknown> = Promise.resolve();

  function start(hosts: readonly string[]): void {
    const list = new Listr(
      hosts.map((host) => ({
        title: '',
        task: (_context: unknown, row: Row) => {
          rows.set(host, row);
          row.title = titles.get(host) ?? '';
          return finished;
        },
      })),
      { concurrent: true, exitOnError: false, registerSignalListeners: false, renderer: hostRows(above) },
    );
    process.once('exit', showCursor);
    drawn = list.run();
  }

  function draw(event: RunEvent): void {
    const title = titleAfter(event);
    if (title === undefined || !('host' in event) || event.host === undefined) return;
    titles.set(event.host, title);
    const row = rows.get(event.host);
    if (row) row.title = title;
  }

  async function release(): Promise<void> {
    finish();
    await drawn;
    process.removeListener('exit', showCursor);
    if (above.text !== '') options.write(above.text);
    above.text = '';
  }

  return {
    onEvent(event) {
      if (event.event === 'run-start') start(event.hosts);
      summary.onEvent(event);
      const isShown = event.event !== 'task-end' || event.outcome !== 'ok' || options.verbosity > 0;
      const lines = isShown ? eventLines(event, { ...options, paint }) : [];
      if (lines.length > 0) above.text += `${lines.join('\n')}\n`;
      draw(event);
    },
    async end(report: RunReport) {
      await release();
      options.write(`${summary.lines(report).join('\n')}\n`);
    },
    abandon: release,
  };
}

/** Returns the title of a host's row after an event; empty when the host is not at work, undefined when it stays. */
function titleAfter(event: RunEvent): string | undefined {
  switch (event.event) {
    case 'host-start':
      return `${visibleLine(event.host)} connecting`;
    case 'host-facts':
      return `${visibleLine(event.host)} looking`;
    case 'task-start':
      return taskTitle(event);
    case 'task-retry':
      return `${taskTitle(event)} │ ${retryText(event)}`;
    case 'task-line': {
      const line = printableLine(event.line);
      return line === '' ? undefined : `${taskTitle(event)} │ ${line}`;
    }
    case 'host-end':
    case 'host-failed':
    case 'host-unreachable':
      return '';
    default:
      return undefined;
  }
}

/** Shows the cursor again in a process that ends while listr2 is drawing. */
function showCursor(): void {
  writeSync(process.stdout.fd, '\u001B[?25h');
}
