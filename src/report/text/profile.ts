import { visibleLine } from '../../diagnostics/printable.js';
import type { RunEvent, RunReport } from '../../engine/events.js';
import { count } from '../../text/count.js';
import { shortDuration } from './clock.js';
import { taskTitle } from './task-text.js';

/** Number of tasks that a profile names. */
const mostTasks = 10;

/** Profile of a run's time. */
export interface Profile {
  onEvent(event: RunEvent): void;
  /** Returns the slowest tasks: each on its host, and summed over all hosts where there are several. */
  lines(report: RunReport): string[];
}

/** Adds up the seconds of a run's tasks as their events come. */
export function profile(): Profile {
  const single: Timed[] = [];
  const sums = new Map<string, Timed & { hosts: Set<string> }>();
  const busy = new Map<string, number>();
  return {
    onEvent(event) {
      if (event.event !== 'task-end') return;
      const { host, seconds } = event;
      single.push({ title: taskTitle(event), seconds });
      busy.set(host, (busy.get(host) ?? 0) + seconds);
      const title = taskTitle({ ...event, host: '' })
        .trimStart()
        .replace(/^› /, '');
      const sum = sums.get(title) ?? { title, seconds: 0, hosts: new Set() };
      sums.set(title, { ...sum, seconds: sum.seconds + seconds, hosts: sum.hosts.add(host) });
    },
    lines(report) {
      const beside = Object.entries(report.hosts).map(([host, { seconds }]) => ({
        title: `${visibleLine(host)} connecting, facts and the time between tasks`,
        seconds: Math.max(0, seconds - (busy.get(host) ?? 0)),
      }));
      const bySum = [...sums.values()].map(({ title, seconds, hosts }) => ({
        title: `${title} (${count(hosts.size, 'host')})`,
        seconds,
      }));
      const several = Object.keys(report.hosts).length > 1;
      return [
        ...['', 'SLOWEST TASKS'],
        ...slowest([...single, ...beside]),
        ...(several ? ['', 'SLOWEST TASKS, all hosts together', ...slowest(bySum)] : []),
      ];
    },
  };
}

/** Title of a task and its seconds. */
interface Timed {
  readonly title: string;
  readonly seconds: number;
}

function slowest(timed: readonly Timed[]): string[] {
  const first = timed
    .toSorted((a, b) => b.seconds - a.seconds)
    .filter(({ seconds }) => seconds >= 0.001)
    .slice(0, mostTasks);
  const cells = first.map(({ seconds }) => (seconds < 60 ? `${seconds.toFixed(2)}s` : shortDuration(seconds)));
  const width = Math.max(0, ...cells.map(({ length }) => length));
  return first.map(({ title }, index) => `${(cells[index] ?? '').padStart(width)}  ${title}`);
}
