import type { HostDriftRow } from '../store/tables.js';
import { type DriftTask, type HostFindings, keyOf, mostTasks } from './run-findings.js';

/** State of a host or registry, without the name of which. */
export type DriftState = Omit<HostDriftRow, 'host'>;

/** Look at a thing: what a run found, and how much that says. */
export interface DriftLook {
  readonly findings: Pick<HostFindings, 'looked' | 'tasks' | 'count' | 'isUnreachable'>;
  /** Only some of the tasks were looked at: nothing is said of the others. */
  readonly isPart: boolean;
  readonly job: string;
  readonly now: number;
}

/**
 * Returns the state after a look; undefined where it says nothing new. A state that goes on keeps its time, and a host that
 * cannot be reached still differs since it was found to.
 */
export function stateAfter(former: DriftState | undefined, look: DriftLook): DriftState | undefined {
  const { findings, isPart, job, now } = look;
  const since = (state: DriftState['state'], reason: DriftState['reason'] = '') =>
    former?.state === state && former.reason === reason ? former.since : now;
  const before = former ?? nothingKnown;
  if (findings.isUnreachable) {
    return { ...before, state: 'unknown', reason: 'unreachable', since: since('unknown', 'unreachable'), job };
  }
  const others = isPart ? driftTasksOf(before).filter((task) => !findings.looked.has(keyOf(task))) : [];
  const tasks = [...findings.tasks, ...others];
  // Of those that were not kept nobody knows whether they were looked at.
  const unnamed = isPart ? Math.max(0, before.task_count - driftTasksOf(before).length) : 0;
  const count = findings.count + others.length + unnamed;
  const seen = { tasks: JSON.stringify(tasks.slice(0, mostTasks)), task_count: count, job };
  if (isPart && findings.tasks.length > 0 && tasks.every(({ outcome }) => outcome === 'failed')) {
    return { ...before, ...seen, state: 'unknown', reason: 'failed', since: since('unknown', 'failed') };
  }
  const looked = { ...seen, reason: '' as const, looked_at: now };
  if (count > 0) {
    return { ...looked, state: 'differs', since: since('differs'), differs_since: before.differs_since ?? now };
  }
  // A look at some tasks clears what others had found, and says nothing of a host that nobody knows.
  if (isPart && (before.state === 'unknown' || findings.looked.size === 0)) return undefined;
  return { ...looked, state: 'as-wanted', since: since('as-wanted'), differs_since: null };
}

/** Returns what a state says of events: it began or ceased to differ. */
export function driftEventOf(
  former: DriftState | undefined,
  next: DriftState,
): 'drift.found' | 'drift.gone' | undefined {
  const [was, is] = [former?.differs_since ?? null, next.differs_since];
  if (was === null && is !== null) return 'drift.found';
  return was !== null && is === null ? 'drift.gone' : undefined;
}

/** Reads the tasks of a state. */
export function driftTasksOf({ tasks }: Pick<DriftState, 'tasks'>): DriftTask[] {
  return JSON.parse(tasks);
}

const nothingKnown: DriftState = {
  state: 'unknown',
  since: 0,
  differs_since: null,
  looked_at: null,
  reason: '',
  tasks: '[]',
  task_count: 0,
  job: null,
};
