import type { Task } from '../model/task.js';
import { conditionOf } from './condition.js';
import { type Ending, failedEnding } from './ending.js';
import type { FlushRound } from './flush-round.js';
import type { DueHandler } from './handlers.js';
import type { WalkParts } from './walk.js';

/** Does one task whose turn it is, unless its condition or the staging folder leave it out. */
export async function takeTurn(
  { agenda, handlers, host, runOnce, staged, workman }: WalkParts,
  turn: {
    readonly task: Task;
    readonly index: number;
    readonly line: (text: string) => void;
    readonly handler: DueHandler | undefined;
    readonly round: FlushRound | undefined;
  },
): Promise<Ending> {
  const { task, handler, round } = turn;
  if (isLeftOut(task, staged)) return { outcome: 'skipped', summary: 'staged: not done under a root' };
  const condition = conditionOf(task, host.results, agenda.doubtsOf(task));
  if (!condition.holds) {
    if (handler && round && condition.ending.outcome === 'skipped') await workman.dismiss(handler, round);
    return condition.ending;
  }
  const notified = handlers.notifiedBy(task);
  if ('missing' in notified) return noSuchHandler(notified.missing, handlers.names());
  return workman.settle({
    ...turn,
    notifies: notified.handlers,
    doubts: condition.doubts,
    *upcoming(due) {
      for (const next of agenda.upcoming(due, round !== undefined)) {
        const byOthers = next.runOnce === true && !runOnce.isFirst(host.name);
        if (!byOthers && !isLeftOut(next, staged)) yield next;
      }
    },
  });
}

function isLeftOut(task: Task, staged: boolean): boolean {
  return staged && task.resource.staging === 'skip';
}

function noSuchHandler(name: string, names: readonly string[]): Ending {
  const hint = names.length === 0 ? 'the play has none' : `there are: ${names.join(', ')}`;
  return failedEnding(`notifies "${name}", but there is no such handler`, hint);
}
