import type { Task } from '../../model/task.js';
import { type Ending, failedEnding } from '../ending.js';
import { explain } from '../explain.js';
import type { Doubts, HostResults } from '../settle/results.js';

/** Whether a task is to be done: yes, with what that leans on that check mode can't know, or how it ends without. */
export type Condition =
  | { readonly holds: true; readonly doubts: Doubts }
  | { readonly holds: false; readonly ending: Ending };

/** Asks a task's `when`. @param doubts what its being there at all leans on */
export function conditionOf(task: Pick<Task, 'when'>, results: HostResults, doubts: Doubts): Condition {
  const used = new Set<string>();
  const doubtful = () => [...doubts, ...used];
  try {
    if (task.when?.(results.view(used)) ?? true) return { holds: true, doubts: doubtful() };
    if (doubtful().length > 0) return { holds: false, ending: unknownBecauseOf(doubtful()) };
    return { holds: false, ending: { outcome: 'skipped', summary: 'its condition is false' } };
  } catch (error) {
    if (used.size > 0) return { holds: false, ending: unknownBecauseOf(doubtful()) };
    const { message, hint } = explain(error);
    return { holds: false, ending: failedEnding(`its condition could not be evaluated: ${message}`, hint) };
  }
}

/** In check mode: nothing can be said before what it depends on has happened. */
export function unknownBecauseOf(doubts: Doubts): Ending {
  return { outcome: 'unknown', summary: '', hint: `depends on ${doubts.join(', ')}` };
}
