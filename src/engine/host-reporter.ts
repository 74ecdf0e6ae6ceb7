import type { Place } from '../diagnostics/diagnostic.js';
import { elideMiddle } from './elide-middle.js';
import type { Counts, RunEvent } from './events.js';
import type { TaskEnding } from './task-ending.js';

type WithoutTime<Event> = Event extends RunEvent ? Omit<Event, 'time'> : never;

/** Emits an event of the run, now. */
export type Emit = (event: WithoutTime<RunEvent>) => void;

/** Returns an emitter that gives each event the time at which it is emitted. */
export function emitter(onEvent: (event: RunEvent) => void): Emit {
  return (event) => onEvent({ time: new Date().toISOString(), ...event });
}

/** Identity of a task in the events about it. */
export interface TaskRef {
  readonly name: string;
  readonly role?: string | undefined;
  readonly delegate?: string | undefined;
  readonly place?: Place | undefined;
  readonly noLog?: boolean | undefined;
}

/** Reason for which a host goes on after a failed task. */
export type Forgiven = 'rescued' | 'ignored';

/** Reporter of a task from its start to its end. */
export interface TaskReporter {
  line(line: string): void;
  retry(retry: Pick<Extract<RunEvent, { event: 'task-retry' }>, 'attempt' | 'attempts' | 'summary' | 'delay'>): void;
  /** @param forgiven why the host goes on although the task failed */
  end(ending: TaskEnding, forgiven?: Forgiven): void;
}

/** Reporter of a host in a play: it emits events and keeps the counts. */
export class HostReporter {
  readonly #emit: Emit;
  readonly #counts: Counts;
  readonly #on: { readonly host: string; readonly play: string };

  constructor(emit: Emit, host: { readonly name: string; readonly counts: Counts }, play: string) {
    this.#emit = emit;
    this.#counts = host.counts;
    this.#on = { host: host.name, play };
  }

  /** Reports the start of a task. */
  startTask(task: TaskRef, index: number, handler: boolean): TaskReporter {
    const of = { ...this.#on, role: task.role, task: task.name, delegate: task.delegate, index, handler };
    const began = performance.now();
    this.#emit({ event: 'task-start', ...of });
    return {
      line: (line) => {
        if (!task.noLog) this.#emit({ event: 'task-line', ...of, line });
      },
      retry: (retry) => {
        this.#emit({ event: 'task-retry', ...of, ...retry, ...(task.noLog && { summary: hidden }) });
      },
      end: (ending, forgiven) => {
        count(this.#counts, ending, forgiven);
        this.#emit({ event: 'task-end', ...of, ...endFields(ending, task, forgiven), seconds: secondsSince(began) });
      },
    };
  }

  start(): void {
    this.#emit({ event: 'host-start', ...this.#on });
  }

  facts(facts: Readonly<Record<string, unknown>>): void {
    this.#emit({ event: 'host-facts', ...this.#on, facts });
  }

  failed(message: string, hint?: string): void {
    this.#counts.failed += 1;
    this.#emit({ event: 'host-failed', ...this.#on, message: elideMiddle(message, mostOfMessage), hint });
  }

  unreachable(problem: string, message: string, hint?: string): void {
    this.#counts.unreachable += 1;
    const short = elideMiddle(message, mostOfMessage);
    this.#emit({ event: 'host-unreachable', ...this.#on, problem, message: short, hint });
  }

  end(): void {
    this.#emit({ event: 'host-end', ...this.#on });
  }
}

/** Returns the counts of a host that has done nothing. */
export function noCounts(): Counts {
  return { ok: 0, changed: 0, kept: 0, unknown: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 };
}

const hidden = 'hidden by no_log';

/** Most characters of a host's output in an event, and of a message, which may quote that output. */
const mostOfOutput = 256 * 1024;
const mostOfMessage = 16 * 1024;

/** Returns what the event at a task's end says of its ending. */
function endFields(ending: TaskEnding, task: TaskRef, forgiven: Forgiven | undefined) {
  const { outcome, summary, hint, origin, diff, details, stdout, stderr, status, skippedBecause } = withoutHidden(
    ending,
    task,
  );
  const { place } = task;
  return {
    outcome,
    summary: elideMiddle(summary, mostOfMessage),
    hint,
    ...(origin !== undefined && { origin }),
    ...(diff && { diff }),
    details: details === undefined ? undefined : [...details],
    ...(stdout !== undefined && { stdout: elideMiddle(stdout, mostOfOutput) }),
    ...(stderr !== undefined && { stderr: elideMiddle(stderr, mostOfOutput) }),
    status,
    ...(skippedBecause !== undefined && { skippedBecause }),
    ...(forgiven !== undefined && { [forgiven]: true as const }),
    place: place && { file: place.file, line: place.line, column: place.column },
  };
}

/** Returns nothing but the outcome of a task that has `no_log`. */
function withoutHidden(ending: TaskEnding, { noLog }: TaskRef): TaskEnding {
  const { outcome, summary, skippedBecause } = ending;
  if (!noLog) return ending;
  return { outcome, summary: summary === '' || outcome === 'skipped' ? summary : hidden, skippedBecause };
}

/** Counts as Ansible does: what changed, or would, is ok as well, and so is a failure that is ignored. */
function count(counts: Counts, { outcome, kept, hasActed }: TaskEnding, forgiven: Forgiven | undefined): void {
  switch (outcome) {
    case 'ok':
    case 'kept':
      counts.ok += 1;
      break;
    case 'changed':
    case 'would-change':
      counts.ok += 1;
      counts.changed += 1;
      break;
    case 'unknown':
      counts.unknown += 1;
      break;
    case 'failed':
      counts[forgiven ?? 'failed'] += 1;
      if (forgiven !== 'ignored') break;
      counts.ok += 1;
      if (hasActed) counts.changed += 1;
      break;
    case 'skipped':
      counts.skipped += 1;
      break;
  }
  if (outcome === 'kept' || ((outcome === 'changed' || outcome === 'would-change') && kept)) counts.kept += 1;
}

/** Returns the seconds, to the millisecond, since a moment of `performance.now()`. */
export function secondsSince(moment: number): number {
  return Math.round(performance.now() - moment) / 1000;
}
