import type { HostContext, Plan } from '../../model/resource.js';
import type { Task } from '../../model/task.js';
import { failedEnding, type TaskEnding } from '../task-ending.js';
import type { Measured } from './measurements.js';
import { errorInResource, wrongPlan } from './resource-errors.js';

/** Plan of a change. */
export type Change = Extract<Plan, { readonly verdict: 'change' }>;

/** Plan of a task: a change to be made, or an ending without one. */
export type Planned =
  | { readonly change: Change; readonly state: unknown }
  | { readonly ending: TaskEnding; readonly always?: boolean };

/** Plans a task from its measured state. Any error in that is a failure of the task. */
export function planTask(task: Task, measured: Measured, host: HostContext): Planned {
  if ('problem' in measured) return { ending: failedEnding(measured.problem.message, measured.problem.hint) };
  const { state } = measured;
  try {
    const plan = task.resource.plan(state, task.update ? updating(host) : host);
    const wrong = wrongPlan(task.resource, plan);
    if (wrong !== undefined) return { ending: failedEnding(wrong.message, wrong.hint), always: true };
    return plan.verdict === 'change'
      ? { change: plan, state }
      : {
          ending: withoutChange(plan, task, state),
          always: plan.verdict === 'refused' && plan.always === true,
        };
  } catch (error) {
    const { message, hint } = errorInResource(task.resource, 'plan', error);
    return { ending: failedEnding(message, hint) };
  }
}

const contextsOfUpdates = new WeakMap<HostContext, HostContext>();

/** Returns the context of a task that has `update`: the same for all of them, as resources keep what they made for it. */
function updating(host: HostContext): HostContext {
  const context = contextsOfUpdates.get(host) ?? { ...host, update: true };
  contextsOfUpdates.set(host, context);
  return context;
}

function withoutChange(plan: Exclude<Plan, Change>, task: Task, state: unknown): TaskEnding {
  const result = task.resource.result?.(state);
  switch (plan.verdict) {
    case 'ok':
      return { outcome: 'ok', summary: plan.note ?? '', details: plan.details, result };
    case 'kept':
      return { outcome: 'kept', summary: plan.summary, hint: plan.hint, diff: plan.diff, origin: plan.origin, result };
    case 'refused':
      return { ...failedEnding(plan.message, plan.hint), result };
  }
}

/** Returns the ending of a change that has been made or would be. */
export function changeEnding(change: Change, outcome: 'changed' | 'would-change' | 'unknown'): TaskEnding {
  const { summary, kept, details } = change;
  return {
    outcome,
    summary: kept === undefined ? summary : `${summary}; kept: ${kept.summary}`,
    hint: kept?.hint,
    diff: change.diff ?? kept?.diff,
    details,
    kept: kept !== undefined,
    origin: kept?.origin,
  };
}
