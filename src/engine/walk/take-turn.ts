import type { Task } from '../../model/task.js';
import { type Ending, failedEnding } from '../ending.js';
import type { FlushRound } from '../handlers/flush-round.js';
import type { DueHandler } from '../handlers/handlers.js';
import { handlerId } from '../handlers/pending.js';
import type { Turn } from '../settle/workman.js';
import { conditionOf } from './condition.js';
import { type Trying, tryTask } from './tries.js';
import type { WalkParts } from './walk.js';

/** Does one task whose turn it is, unless its condition or the staging folder leave it out. */
export async function takeTurn(
  parts: WalkParts,
  turn: {
    readonly task: Task;
    readonly index: number;
    readonly line: (text: string) => void;
    readonly retry: Trying['retry'];
    readonly handler: DueHandler | undefined;
    readonly round: FlushRound | undefined;
  },
): Promise<Ending> {
  const { agenda, handlers, host, runOnce, staged, workman, interrupted, stopped } = parts;
  const { task, handler, round } = turn;
  if (isLeftOut(task, staged)) return { outcome: 'skipped', summary: 'staged: not done under a root' };
  const condition = conditionOf(task, host.results, agenda.doubtsOf(task));
  if (!condition.holds) {
    if (handler && round && condition.ending.outcome === 'skipped') await workman.dismiss(handler, round);
    return condition.ending;
  }
  if (await isUnwanted(parts, task, handler !== undefined))
    return { outcome: 'skipped', summary: 'not wanted (--step)' };
  const notified = handlers.notifiedBy(task);
  if ('missing' in notified) return noSuchHandler(notified.missing, handlers.names());
  const notifies = task.changedWhen === false ? [] : notified.handlers;
  const whole = {
    ...turn,
    notifies,
    doubts: condition.doubts,
    *upcoming(due) {
      for (const next of agenda.upcoming(due, round !== undefined)) {
        const byOthers = next.runOnce === true && !runOnce.isFirst(host.name);
        if (!byOthers && !isLeftOut(next, staged) && next.delegate === undefined) yield next;
      }
    },
  } satisfies Turn;
  const { retry } = turn;
  const doer = task.delegate === undefined ? workman : parts.delegates.workmanFor(task.delegate);
  const { ending, isRecorded } = await tryTask(whole, {
    workman: doer,
    results: host.results,
    interrupted,
    stopped,
    retry,
  });
  return keepRecords(whole, ending, isRecorded, parts);
}

/** Brings the records of due handlers in step with what the task's own words make of its outcome. */
async function keepRecords(turn: Turn, ending: Ending, isRecorded: boolean, parts: WalkParts): Promise<Ending> {
  const { agenda, handlers, workman } = parts;
  const { task, handler, round, notifies } = turn;
  const isForgiven = !ending.isUnclear && (task.ignoreErrors === true || agenda.isRescued);
  if (ending.outcome === 'changed') {
    const trouble = isRecorded ? undefined : await workman.owe(notifies);
    if (trouble !== undefined) return failedEnding(trouble);
  } else if (isRecorded && (ending.outcome !== 'failed' || isForgiven)) {
    const due = new Set(handlers.due().map(({ id }) => id));
    await workman.withdraw(notifies.filter((notified) => !due.has(handlerId(notified))));
  }
  if (handler === undefined || round === undefined || !hasOwnWords(task)) return ending;
  if (ending.outcome !== 'failed' || (task.ignoreErrors && !ending.isUnclear)) await workman.dismiss(handler, round);
  else await workman.owe([task]);
  return ending;
}

/** Whether something but what was seen says how a handler came out: its record may not be in step then. */
function hasOwnWords({ failedWhen, ignoreErrors, retry }: Task): boolean {
  return failedWhen !== undefined || ignoreErrors === true || retry !== undefined;
}

/** A handler that isn't wanted now stays on record: the next run does it. */
async function isUnwanted({ host, wants, stopped }: WalkParts, task: Task, handler: boolean): Promise<boolean> {
  if (wants === undefined) return false;
  return !(await wants({ host: host.name, task, handler })) || stopped();
}

function isLeftOut(task: Task, staged: boolean): boolean {
  return staged && task.resource.staging === 'skip';
}

function noSuchHandler(name: string, names: readonly string[]): Ending {
  const hint = names.length === 0 ? 'the play has none' : `there are: ${names.join(', ')}`;
  return failedEnding(`notifies "${name}", but there is no such handler`, hint);
}
