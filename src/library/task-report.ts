import type { RunEvent } from '../engine/events.js';

/** Result of one task of a run on one host. */
export type TaskReport = Omit<Extract<RunEvent, { event: 'task-end' }>, 'event' | 'time'>;

/** Collects the results of tasks from the events of a run. */
export function collectTaskReports(): { readonly tasks: TaskReport[]; onEvent(event: RunEvent): void } {
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
