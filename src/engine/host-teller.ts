import type { Place } from '../diagnostics/diagnostic.js';
import type { Ending } from './ending.js';
import type { Counts, RunEvent } from './events.js';
import { shorten } from './shorten.js';

type WithoutTime<Event> = Event extends RunEvent ? Omit<Event, 'time'> : never;

/** Says something of the run, now. */
export type Tell = (event: WithoutTime<RunEvent>) => void;

/** Gives what is told its time. */
export function teller(onEvent: (event: RunEvent) => void): Tell {
  return (event) => onEvent({ time: new Date().toISOString(), ...event });
}

/** A task that is told of. */
export interface Told {
  readonly name: string;
  readonly role?: string | undefined;
  readonly delegate?: string | undefined;
  readonly place?: Place | undefined;
  readonly noLog?: boolean | undefined;
}

/** Tells what a host does in a play, and counts it. */
export class HostTeller {
  readonly #tell: Tell;
  readonly #counts: Counts;
  readonly #on: { readonly host: string; readonly play: string };

  constructor(tell: Tell, host: { readonly name: string; readonly counts: Counts }, play: string) {
    this.#tell = tell;
    this.#counts = host.counts;
    this.#on = { host: host.name, play };
  }

  /** A task begins. @returns what its lines and its end are told with */
  task(task: Told, index: number, handler: boolean) {
    const of = { ...this.#on, role: task.role, task: task.name, delegate: task.delegate, index, handler };
    const began = performance.now();
    this.#tell({ event: 'task-start', ...of });
    return {
      line: (line: string) => {
        if (!task.noLog) this.#tell({ event: 'task-line', ...of, line });
      },
      retry: (
        retry: Pick<Extract<RunEvent, { event: 'task-retry' }>, 'attempt' | 'attempts' | 'summary' | 'delay'>,
      ) => {
        this.#tell({ event: 'task-retry', ...of, ...retry, ...(task.noLog && { summary: hidden }) });
      },
      /** @param forgiven why the host goes on although it failed */
      end: (ending: Ending, forgiven?: 'rescued' | 'ignored') => {
        count(this.#counts, ending, forgiven);
        const {
          result: _,
          kept: __,
          hasActed: ___,
          isForeseen: ____,
          isUnclear: _____,
          details,
          ...told
        } = shown(ending, task);
        const { place } = task;
        this.#tell({
          event: 'task-end',
          ...of,
          ...bounded(told),
          ...(forgiven !== undefined && { [forgiven]: true as const }),
          details: details === undefined ? undefined : [...details],
          place: place && { file: place.file, line: place.line, column: place.column },
          seconds: secondsSince(began),
        });
      },
    };
  }

  start(): void {
    this.#tell({ event: 'host-start', ...this.#on });
  }

  facts(facts: Readonly<Record<string, unknown>>): void {
    this.#tell({ event: 'host-facts', ...this.#on, facts });
  }

  failed(message: string, hint?: string): void {
    this.#counts.failed += 1;
    this.#tell({ event: 'host-failed', ...this.#on, message: shorten(message, mostOfMessage), hint });
  }

  unreachable(problem: string, message: string, hint?: string): void {
    this.#counts.unreachable += 1;
    const short = shorten(message, mostOfMessage);
    this.#tell({ event: 'host-unreachable', ...this.#on, problem, message: short, hint });
  }

  warn(text: string): void {
    this.#tell({ event: 'message', level: 'warning', text, host: this.#on.host });
  }

  end(): void {
    this.#tell({ event: 'host-end', ...this.#on });
  }
}

export function noCounts(): Counts {
  return { ok: 0, changed: 0, kept: 0, unknown: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 };
}

const hidden = 'hidden by no_log';

/** Characters that are told of what a host said of a failure, and of the message that may quote it. */
const mostOfOutput = 256 * 1024;
const mostOfMessage = 16 * 1024;

function bounded<Told extends Pick<Ending, 'summary' | 'stdout' | 'stderr'>>(told: Told): Told {
  const { summary, stdout, stderr } = told;
  return {
    ...told,
    summary: shorten(summary, mostOfMessage),
    ...(stdout !== undefined && { stdout: shorten(stdout, mostOfOutput) }),
    ...(stderr !== undefined && { stderr: shorten(stderr, mostOfOutput) }),
  };
}

/** What is told of an ending: nothing but how it was, where the task is not to be logged. */
function shown(ending: Ending, { noLog }: Told): Ending {
  const { outcome, summary } = ending;
  if (!noLog) return ending;
  return { outcome, summary: summary === '' || outcome === 'skipped' ? summary : hidden };
}

/** As Ansible counts: what changed, or would, is ok as well, and so is a failure that is ignored. */
function count(counts: Counts, { outcome, kept, hasActed }: Ending, forgiven?: 'rescued' | 'ignored'): void {
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

/** Seconds to the millisecond since a moment of `performance.now()`. */
export function secondsSince(moment: number): number {
  return Math.round(performance.now() - moment) / 1000;
}
