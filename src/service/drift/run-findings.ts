import type { z } from 'zod';

import type { driftTask } from '../schemas/drift.js';
import type { TellingEvent } from './telling-event.js';

export type DriftTask = z.output<typeof driftTask>;

/** Tasks of a host that are kept with what they found. */
export const mostTasks = 30;
/** Characters of a text of a difference. */
const mostText = 2000;
/** Characters of all differences of a run: those of later hosts are left out. */
const mostOfRun = 4_000_000;

/** Result of a run on one host, as far as it says how the host is. */
export interface HostFindings {
  /** Keys of the tasks that ended there. */
  readonly looked: Set<string>;
  /** Differences that are there now: the first of `count`. */
  readonly tasks: DriftTask[];
  count: number;
  isUnreachable: boolean;
}

/** Findings of one run of the site: a job that carries out a plan has two. */
export interface RunFindings {
  readonly check: boolean;
  readonly hosts: Map<string, HostFindings>;
}

/** Collector of what the events of a job's runs found. */
export class FindingsCollector {
  readonly runs: RunFindings[] = [];
  #characters = 0;

  take(event: TellingEvent): void {
    switch (event.event) {
      case 'run-start':
        this.runs.push({ check: event.check, hosts: new Map() });
        break;
      case 'host-unreachable':
        this.#of(event.host).isUnreachable = true;
        break;
      case 'host-failed':
        this.#add(event.host, { ...plain(event.play, event.message, event.hint), role: null, task: '' });
        break;
      case 'task-end':
        this.#takeTask(event);
        break;
      default:
    }
  }

  #takeTask(event: Extract<TellingEvent, { event: 'task-end' }>): void {
    const { host, play, role, task, outcome, summary, hint, origin, diff } = event;
    this.#of(host).looked.add(keyOf({ play, role: role ?? null, task }));
    if (outcome === 'ok' || outcome === 'changed' || outcome === 'skipped') return;
    if (event.rescued === true || event.ignored === true) return;
    const found = { ...plain(play, summary, hint), role: role ?? null, task, outcome, origin: origin ?? null };
    this.#add(host, diff === undefined ? found : { ...found, ...this.#bounded(diff) });
  }

  #add(host: string, task: DriftTask): void {
    const findings = this.#of(host);
    findings.count += 1;
    if (findings.tasks.length < mostTasks) findings.tasks.push(task);
  }

  #bounded({ label, before, after }: NonNullable<DriftTask['diff']>): Pick<DriftTask, 'diff' | 'cut'> {
    if (this.#characters > mostOfRun) return { diff: null, cut: true };
    const diff = { label: label.slice(0, 500), before: before.slice(0, mostText), after: after.slice(0, mostText) };
    this.#characters += diff.before.length + diff.after.length;
    return { diff, cut: before.length > mostText || after.length > mostText };
  }

  #of(host: string): HostFindings {
    const { hosts } = this.runs.at(-1) ?? { hosts: new Map<string, HostFindings>() };
    const known = hosts.get(host);
    if (known !== undefined) return known;
    const made = { looked: new Set<string>(), tasks: [], count: 0, isUnreachable: false };
    hosts.set(host, made);
    return made;
  }
}

/** Returns the key of a task within its host, the same in each run of the site. */
export function keyOf({ play, role, task }: Pick<DriftTask, 'play' | 'role' | 'task'>): string {
  return JSON.stringify([play, role, task]);
}

function plain(play: string, summary: string, hint: string | undefined) {
  return {
    play: play.slice(0, 200),
    outcome: 'failed' as const,
    summary: summary.slice(0, mostText),
    hint: hint?.slice(0, mostText) ?? null,
    origin: null,
    diff: null,
    cut: summary.length > mostText,
  };
}
