import type { Task } from '../../model/task.js';
import { explainError } from '../explain-error.js';
import type { HostResults, Unknowns } from '../settle/results.js';
import { failedEnding, type TaskEnding } from '../task-ending.js';

/** Verdict of a condition: it holds (depending on unknown results, in check mode), or the task ends without it. */
export type TaskCondition =
  | { readonly holds: true; readonly unknowns: Unknowns }
  | { readonly holds: false; readonly ending: TaskEnding };

/** Evaluates a task's `when`. @param unknowns unknown results that decide whether the task runs at all */
export function conditionOf(task: Pick<Task, 'when'>, results: HostResults, unknowns: Unknowns): TaskCondition {
  const used = new Set<string>();
  const allUnknowns = () => [...unknowns, ...used];
  try {
    if (task.when?.(results.view(used)) ?? true) return { holds: true, unknowns: allUnknowns() };
    if (allUnknowns().length > 0) return { holds: false, ending: unknownEnding(allUnknowns()) };
    return { holds: false, ending: { outcome: 'skipped', summary: 'its condition is false' } };
  } catch (error) {
    if (used.size > 0) return { holds: false, ending: unknownEnding(allUnknowns()) };
    const { message, hint } = explainError(error);
    return { holds: false, ending: failedEnding(`its condition could not be evaluated: ${message}`, hint) };
  }
}

/** Returns the ending, in check mode, of a task that depends on unknown results. */
export function unknownEnding(unknowns: Unknowns): TaskEnding {
  return { outcome: 'unknown', summary: '', hint: `depends on ${unknowns.join(', ')}` };
}
