import { createHash } from 'node:crypto';
import type { RunEvent } from '../../../engine/events.js';

/** Collector of what a check would change. Two checks that would change the same have one digest. */
export class PlanDigest {
  readonly #changes: string[] = [];

  take(event: RunEvent): void {
    if (event.event === 'host-unreachable' || event.event === 'host-failed') {
      this.#changes.push(JSON.stringify([event.host, event.play, event.event]));
    }
    if (event.event !== 'task-end' || event.outcome === 'ok' || event.outcome === 'skipped') return;
    const { host, play, role, task, index, outcome, summary, diff } = event;
    this.#changes.push(JSON.stringify([host, play, role, task, index, outcome, summary, diff?.before, diff?.after]));
  }

  /** Number of what differs. */
  get size(): number {
    return this.#changes.length;
  }

  digest(): string {
    return createHash('sha256').update(this.#changes.toSorted().join('\n')).digest('hex');
  }
}
