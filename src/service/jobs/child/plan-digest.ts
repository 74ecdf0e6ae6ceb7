import { createHash } from 'node:crypto';
import type { RunEvent } from '../../../engine/events.js';
import type { TaskOfHost } from '../../../engine/run/run-context.js';

/** Collector of what a check would change. Two checks that would change the same have one digest. */
export class PlanDigest {
  readonly #changes: string[] = [];
  readonly #tasks = new Set<string>();

  take(event: RunEvent): void {
    if (event.event === 'host-unreachable' || event.event === 'host-failed') {
      this.#changes.push(JSON.stringify([event.host, event.play, event.event]));
    }
    if (event.event !== 'task-end' || event.outcome === 'ok' || event.outcome === 'skipped') return;
    const { host, play, role, task, index, outcome, summary, diff } = event;
    this.#changes.push(JSON.stringify([host, play, role, task, index, outcome, summary, diff?.before, diff?.after]));
    if (outcome === 'would-change' || outcome === 'unknown')
      this.#tasks.add(planKeyOf({ host, play, role, task, handler: event.handler }));
  }

  /** Tells whether a task is one that would change something, or whose result the check could not know. */
  has(about: TaskOfHost): boolean {
    return this.#tasks.has(planKeyOf(about));
  }

  /** Number of what differs. */
  get size(): number {
    return this.#changes.length;
  }

  digest(): string {
    return createHash('sha256').update(this.#changes.toSorted().join('\n')).digest('hex');
  }
}

function planKeyOf({ host, play, role, task, handler }: TaskOfHost): string {
  return JSON.stringify([host, play, role, task, handler]);
}
