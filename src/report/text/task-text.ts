import { shortened, visible, visibleLine } from '../../diagnostics/printable.js';
import type { Outcome, RunEvent } from '../../engine/events.js';
import type { Colour, Paint } from './paint.js';

/** Event at the end of a task. */
export type TaskEnd = Extract<RunEvent, { event: 'task-end' }>;

const words: Readonly<Record<Outcome, { readonly word: string; readonly colour: Colour }>> = {
  ok: { word: 'ok', colour: 'green' },
  changed: { word: 'changed', colour: 'yellow' },
  kept: { word: 'kept', colour: 'blue' },
  skipped: { word: 'skipped', colour: 'cyan' },
  failed: { word: 'failed', colour: 'red' },
  'would-change': { word: 'would change', colour: 'yellow' },
  unknown: { word: 'unknown', colour: 'magenta' },
};

/** Returns the title of a task on a host: `web1 docker-config › template /etc/sysconfig/docker`. */
export function taskTitle(task: {
  readonly host: string;
  readonly role?: string | undefined;
  readonly task: string;
  readonly handler: boolean;
  readonly delegate?: string | undefined;
}): string {
  const host = task.delegate === undefined ? task.host : `${task.host} -> ${task.delegate}`;
  const who = task.role === undefined ? host : `${host} ${task.role}`;
  return visibleLine(`${who} › ${task.handler ? 'handler ' : ''}${task.task}`);
}

/** Returns the outcome of a task with its summary: `changed (created)`. */
export function outcomeText(event: TaskEnd, paint: Paint): string {
  const { word, colour } = words[event.outcome];
  const summary = joinLines(event.summary);
  const forgiven = event.ignored ? ', ignored' : event.rescued ? ', rescued' : '';
  return paint(forgiven === '' ? colour : 'yellow', `${word}${forgiven}${summary === '' ? '' : ` (${summary})`}`);
}

/** Describes an attempt that is followed by another: `try 2 of 4: exit status 1; again in 5s`. */
export function retryText({ attempt, attempts, summary, delay }: Extract<RunEvent, { event: 'task-retry' }>): string {
  const found = joinLines(summary);
  return `try ${attempt} of ${attempts}: ${found}${found === '' ? '' : '; '}again in ${delay}s`;
}

/** Most characters of a summary, which may quote anything from a host. */
const longest = 1000;

function joinLines(summary: string): string {
  return visible(shortened(summary.trim(), longest)).replaceAll('\n', '; ');
}
