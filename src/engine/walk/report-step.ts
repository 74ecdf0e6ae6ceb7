import type { Block, Skipped, Stage, Task } from '../../model/task.js';
import type { DueHandler } from '../handlers/handlers.js';
import type { Forgiven, TaskReporter } from '../host-reporter.js';
import type { TaskEnding } from '../task-ending.js';
import type { Agenda } from './agenda.js';
import type { StepEnd, WalkContext } from './walk-context.js';

/** Work of a step: it gets the step's number and reporter, and gives its ending. */
export type StepWork = (report: Pick<TaskReporter, 'line' | 'retry'>, index: number) => Promise<TaskEnding>;

/**
 * Reports a step from its start to its end, counts it, and registers its result.
 *
 * @param registered what is registered instead of the ending
 */
export async function reportStep(
  { agenda, host, reporter }: Pick<WalkContext, 'agenda' | 'host' | 'reporter'>,
  item: Task | Stage | Skipped | Block,
  work: StepWork,
  registered?: TaskEnding,
  handler?: DueHandler,
): Promise<StepEnd> {
  const index = host.nextIndex();
  const report = reporter.startTask(item, index, handler !== undefined);
  const ending = await work(report, index);
  const forgiven = ending.outcome === 'failed' && !ending.isUnclear ? forgivenBy(item, agenda) : undefined;
  report.end(handler?.fromEarlier ? { ...ending, summary: withCause(ending.summary) } : ending, forgiven);
  if (item.kind !== 'block') host.results.register(item, registered ?? ending);
  if (ending.outcome !== 'failed' || forgiven === 'ignored') return 'done';
  host.results.keepFailure(item, ending);
  return ending.isUnclear ? 'unclear' : 'failed';
}

function forgivenBy(item: Task | Stage | Skipped | Block, agenda: Agenda): Forgiven | undefined {
  if ('ignoreErrors' in item && item.ignoreErrors) return 'ignored';
  return agenda.isRescued ? 'rescued' : undefined;
}

function withCause(summary: string): string {
  return `${summary === '' ? '' : `${summary}, `}pending from an earlier run`;
}
