import type { Task } from '../../model/task.js';
import type { FlushRound } from '../handlers/flush-round.js';
import type { DueHandler } from '../handlers/handlers.js';
import { handlerId } from '../handlers/pending.js';
import type { TaskReporter } from '../host-reporter.js';
import type { TaskRun } from '../settle/task-executor.js';
import { failedEnding, type TaskEnding } from '../task-ending.js';
import { conditionOf } from './condition.js';
import { reportStep } from './report-step.js';
import { tryTask } from './tries.js';
import type { StepEnd, WalkContext } from './walk-context.js';

/** Occasion on which a task runs, where it is not just the next of the host's tasks. */
export interface Occasion {
  readonly handler?: DueHandler;
  /** Round of handlers that it runs in. */
  readonly round?: FlushRound;
  /** Shares the ending with the other hosts of the batch (`run_once`). */
  readonly share?: (ending: TaskEnding) => void;
}

/** Takes a task from its start to its end: condition, attempts, the handlers that it makes due. */
export function taskStep(context: WalkContext, task: Task, occasion: Occasion = {}): Promise<StepEnd> {
  const work = async (report: Pick<TaskReporter, 'line' | 'retry'>, index: number) => {
    const ending = await runTask(context, task, occasion, report, index);
    occasion.share?.(ending);
    makeHandlersDue(context, task, ending);
    return ending;
  };
  return reportStep(context, task, work, undefined, occasion.handler);
}

async function runTask(
  context: WalkContext,
  task: Task,
  { handler, round }: Occasion,
  report: Pick<TaskReporter, 'line' | 'retry'>,
  index: number,
): Promise<TaskEnding> {
  const { agenda, executors, handlers, host, isStaged, stopping } = context;
  if (isBeyondStaging(task, isStaged))
    return { outcome: 'skipped', summary: 'not done with --root', skippedBecause: 'root' };
  const condition = conditionOf(task, host.results, agenda.unknownsOf(task));
  if (!condition.holds) {
    const isSkipped = condition.ending.outcome === 'skipped';
    if (handler && round && isSkipped) await executors.own.skipHandler(handler, round);
    return condition.ending;
  }
  if (await isDeclined(context, task, handler !== undefined))
    return { outcome: 'skipped', summary: 'not wanted (--step)' };
  const notified = handlers.notifiedBy(task);
  if ('missing' in notified) return noSuchHandler(notified.missing, handlers.names());
  const run: TaskRun = {
    task,
    index,
    handler,
    round,
    notifies: task.changedWhen === false ? [] : notified.handlers,
    unknowns: condition.unknowns,
    upcoming: (due) => tasksAhead(context, due, round !== undefined),
    line: (text) => report.line(text),
  };
  const executor = task.delegate === undefined ? executors.own : executors.forDelegate(task.delegate);
  const { ending, isRecorded } = await tryTask(run, { executor, results: host.results, stopping, report });
  return updateRecords(run, ending, isRecorded, context);
}

/** Returns the tasks ahead that this host will measure and do itself. */
function* tasksAhead(
  { agenda, runOnce, host, isStaged }: WalkContext,
  due: readonly Task[],
  isFlushing: boolean,
): Iterable<Task> {
  for (const next of agenda.upcoming(due, isFlushing)) {
    const byOthers = next.runOnce === true && !runOnce.isFirst(host.name);
    if (!byOthers && !isBeyondStaging(next, isStaged) && next.delegate === undefined) yield next;
  }
}

/** Updates the records of due handlers where the task's own words decide about its outcome. */
async function updateRecords(
  run: TaskRun,
  ending: TaskEnding,
  isRecorded: boolean,
  { agenda, executors, handlers }: WalkContext,
): Promise<TaskEnding> {
  const { task, handler, round, notifies } = run;
  const { own } = executors;
  const isForgiven = !ending.isUnclear && (task.ignoreErrors === true || agenda.isRescued);
  if (ending.outcome === 'changed') {
    const problem = isRecorded ? undefined : await own.recordDue(notifies);
    if (problem !== undefined) return failedEnding(problem);
  } else if (isRecorded && (ending.outcome !== 'failed' || isForgiven)) {
    const due = new Set(handlers.due().map(({ id }) => id));
    await own.cancelDue(notifies.filter((notified) => !due.has(handlerId(notified))));
  }
  if (handler === undefined || round === undefined || !hasOutcomeWords(task)) return ending;
  if (ending.outcome !== 'failed' || (task.ignoreErrors && !ending.isUnclear)) await own.skipHandler(handler, round);
  else await own.recordDue([task]);
  return ending;
}

function makeHandlersDue({ handlers }: WalkContext, task: Task, { outcome }: TaskEnding): void {
  const mayHaveChanged = outcome === 'changed' || outcome === 'would-change' || outcome === 'unknown';
  const notified = mayHaveChanged && task.changedWhen !== false ? handlers.notifiedBy(task) : { handlers: [] };
  if ('missing' in notified) return;
  for (const due of notified.handlers) handlers.makeDue(due, task.name, outcome !== 'unknown');
}

/** Tells whether the task's own words decide about a handler's outcome: its record may differ from that then. */
function hasOutcomeWords({ failedWhen, ignoreErrors, retry }: Task): boolean {
  return failedWhen !== undefined || ignoreErrors === true || retry !== undefined;
}

/** Asks whether a task is wanted (`--step`). A declined handler stays on record: the next run does it. */
async function isDeclined({ host, wants, stopping }: WalkContext, task: Task, handler: boolean): Promise<boolean> {
  if (wants === undefined) return false;
  return !(await wants({ host: host.name, task, handler })) || stopping.aborted;
}

function isBeyondStaging(task: Task, isStaged: boolean): boolean {
  return isStaged && task.resource.staging === 'skip';
}

function noSuchHandler(name: string, names: readonly string[]): TaskEnding {
  const hint = names.length === 0 ? 'add it: the play has no handlers' : `name one of these: ${names.join(', ')}`;
  return failedEnding(`notify: there is no handler "${name}"`, hint);
}
