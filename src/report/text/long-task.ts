import { printableLine } from '../../diagnostics/printable.js';
import type { RunEvent } from '../../engine/events.js';
import { timeOfDay } from './clock.js';
import { taskTitle } from './task-text.js';

/** Fewest seconds between two signs of life of a long task. */
const interval = 5;

/**
 * Returns a function that gives signs of life of long tasks, for a log: the newest line of a task's output. It gives one a
 * host in five seconds at most. (`-vv` shows every line instead.)
 */
export function longTaskLines(): (event: RunEvent) => string[] {
  const shown = new Map<string, number>();
  return (event) => {
    if (event.event === 'task-start') shown.set(event.host, Date.parse(event.time));
    if (event.event !== 'task-line') return [];
    const now = Date.parse(event.time);
    const line = printableLine(event.line);
    if (line === '' || now - (shown.get(event.host) ?? now) < interval * 1000) return [];
    shown.set(event.host, now);
    return [`${timeOfDay(event.time)} ${taskTitle(event)}: … ${line}`];
  };
}
