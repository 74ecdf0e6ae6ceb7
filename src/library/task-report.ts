import type { RunEvent } from '../engine/events.js';

/** How one task of a run ended on one host. */
export type TaskReport = Omit<Extract<RunEvent, { event: 'task-end' }>, 'event' | 'time'>;

/** Collects how tasks ended, from the events of a run. */
export function taskReports(): { readonly tasks: TaskReport[]; onEvent(event: RunEvent): void } {
  const tasks: TaskReport[] = [];
  return {
    tasks,
    onEvent: (event) => {
      if (event.event !== 'task-end') return;
      const { event: _, time: __, ...report } = event;
      tasks.push(report);
    },
  };
}
