import type { Place } from '../diagnostics/diagnostic.js';
import type { Ending } from './ending.js';
import type { Counts, RunEvent } from './events.js';

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
  readonly place?: Place | undefined;
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
    const of = { ...this.#on, role: task.role, task: task.name, index, handler };
    const began = performance.now();
    this.#tell({ event: 'task-start', ...of });
    return {
      line: (line: string) => this.#tell({ event: 'task-line', ...of, line }),
      end: (ending: Ending) => {
        count(this.#counts, ending);
        const { result: _, kept: __, details, ...told } = ending;
        const { place } = task;
        this.#tell({
          event: 'task-end',
          ...of,
          ...told,
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
    this.#tell({ event: 'host-failed', ...this.#on, message, hint });
  }

  unreachable(problem: string, message: string, hint?: string): void {
    this.#counts.unreachable += 1;
    this.#tell({ event: 'host-unreachable', ...this.#on, problem, message, hint });
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

/** As Ansible counts: what changed, or would, is ok as well. */
function count(counts: Counts, { outcome, kept }: Ending): void {
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
      counts.failed += 1;
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
