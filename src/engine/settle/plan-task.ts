import type { HostContext, Plan } from '../../model/resource.js';
import type { Task } from '../../model/task.js';
import { type Ending, failedEnding } from '../ending.js';
import { explain } from '../explain.js';
import type { Measured } from './measurements.js';

export type Change = Extract<Plan, { readonly verdict: 'change' }>;

/** What a task comes to: a change to be made, or an end. */
export type Planned = { readonly change: Change; readonly state: unknown } | { readonly ending: Ending };

/** Plans a task from its measured state; whatever goes wrong with that is a failure of the task. */
export function planTask(task: Task, measured: Measured, host: HostContext): Planned {
  if ('problem' in measured) return { ending: failedEnding(measured.problem.message, measured.problem.hint) };
  const { state } = measured;
  try {
    const plan = task.resource.plan(state, host);
    return plan.verdict === 'change' ? { change: plan, state } : { ending: withoutChange(plan, task, state) };
  } catch (error) {
    const { message, hint } = explain(error);
    return { ending: failedEnding(message, hint) };
  }
}

function withoutChange(plan: Exclude<Plan, Change>, task: Task, state: unknown): Ending {
  const result = task.resource.result?.(state);
  switch (plan.verdict) {
    case 'ok':
      return { outcome: 'ok', summary: plan.note ?? '', details: plan.details, result };
    case 'kept':
      return { outcome: 'kept', summary: plan.summary, hint: plan.hint, diff: plan.diff, result };
    case 'refused':
      return { ...failedEnding(plan.message, plan.hint), result };
  }
}

/** How a change is told, when it has been made or would be. */
export function changeEnding(change: Change, outcome: 'changed' | 'would-change' | 'unknown'): Ending {
  const { summary, kept, details } = change;
  return {
    outcome,
    summary: kept === undefined ? summary : `${summary}; kept: ${kept.summary}`,
    hint: kept?.hint,
    diff: change.diff ?? kept?.diff,
    details,
    kept: kept !== undefined,
  };
}
