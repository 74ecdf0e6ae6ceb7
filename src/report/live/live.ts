import { writeSync } from 'node:fs';
import { Listr } from 'listr2';
import { printableLine, visibleLine } from '../../diagnostics/printable.js';
import type { RunEvent, RunReport } from '../../engine/events.js';
import type { Reporter, ReporterOptions } from '../reporter.js';
import { closing } from '../text/closing.js';
import { eventLines } from '../text/event-text.js';
import { painter } from '../text/paint.js';
import { retryText, taskTitle } from '../text/task-text.js';
import { type Above, hostRows } from './host-rows.js';

/** A host's row: its title is shown while it isn't empty. */
interface Row {
  title: string;
}

/**
 * For a terminal: a row for each host at work, with its current task and the newest line of that task's output, and
 * above the rows what the lines reporter would print, without the tasks that found nothing to do. The engine
 * schedules; listr2 only draws, and its tasks end when the run does.
 */
export function liveReporter(options: ReporterOptions): Reporter {
  const paint = painter(options.color);
  const above: Above = { text: '' };
  const end = closing(options);
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
      end.onEvent(event);
      const shown = event.event !== 'task-end' || event.outcome !== 'ok' || options.verbosity > 0;
      const lines = shown ? eventLines(event, { ...options, paint }) : [];
      if (lines.length > 0) above.text += `${lines.join('\n')}\n`;
      draw(event);
    },
    async end(report: RunReport) {
      await release();
      options.write(`${end.lines(report).join('\n')}\n`);
    },
    abandon: release,
  };
}

/** What a host's row says after an event; empty when the host is not at work, undefined when nothing changes. */
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

/** For a process that is ended while rows are on the screen, and its output is listr2's. */
function showCursor(): void {
  writeSync(process.stdout.fd, '\u001B[?25h');
}
