import { setTimeout as sleep } from 'node:timers/promises';
import { count } from '../../text/count.js';
import type { TaskReporter } from '../host-reporter.js';
import type { HostResults } from '../settle/results.js';
import type { TaskExecutor, TaskRun } from '../settle/task-executor.js';
import { failedEnding, type TaskEnding } from '../task-ending.js';
import { isWanted, judgeEnding } from './judge-ending.js';

/** Parts that the attempts of a task need beside the task itself. */
export interface TryContext {
  readonly executor: TaskExecutor;
  readonly results: HostResults;
  /** Aborted when no new tasks are to start: no more attempts either. */
  readonly stopping: AbortSignal;
  readonly report: Pick<TaskReporter, 'retry'>;
}

/** Ending of a task's last attempt. */
export interface TryResult {
  readonly ending: TaskEnding;
  /** Set where any attempt recorded the handlers that it notifies. */
  readonly isRecorded: boolean;
}

/**
 * Executes a task and judges its outcome by its own words; with `until` or `retries`, several times. Each attempt
 * measures anew. A change that any of them made counts, although the last may find nothing to do.
 */
export async function tryTask(run: TaskRun, context: TryContext): Promise<TryResult> {
  const { task } = run;
  const { executor, results, stopping, report } = context;
  const retry = executor.isCheckMode ? undefined : task.retry;
  let isRecorded = false;
  let changed: TaskEnding | undefined;
  for (let attempt = 1; ; attempt++) {
    const executed = await executor.execute(attempt === 1 ? run : { ...run, upcoming: () => [] });
    isRecorded ||= executed.outcome === 'changed' || executed.hasActed === true;
    const ending = judgeEnding(task, withAttempts(executed, retry && attempt), results, executor.isCheckMode);
    if (retry === undefined) return { ending, isRecorded };
    const isDone = isWanted(task, ending, results);
    if (typeof isDone === 'object') return { ending: isDone.failure, isRecorded };
    if (ending.outcome === 'changed') changed ??= ending;
    if (isDone)
      return {
        ending: ending.outcome === 'ok' ? { ...ending, ...changed, result: ending.result } : ending,
        isRecorded,
      };
    const attempts = retry.retries + 1;
    if (attempt >= attempts || executed.isUnclear) return { ending: giveUp(ending, attempt), isRecorded };
    report.retry({ attempt, attempts, summary: summaryOf(ending), delay: retry.delay });
    await pause(retry.delay, stopping);
    if (stopping.aborted) return { ending: endInterrupted(ending, attempt), isRecorded };
    executor.forget();
    if (run.handler !== undefined) run.round?.retry(run.handler);
  }
}

function withAttempts(ending: TaskEnding, attempts: number | undefined): TaskEnding {
  return attempts === undefined ? ending : { ...ending, result: { ...ending.result, attempts } };
}

function summaryOf({ outcome, summary }: TaskEnding): string {
  return outcome === 'failed' ? summary : `until does not hold${summary === '' ? '' : ` (${summary})`}`;
}

function giveUp(ending: TaskEnding, attempts: number): TaskEnding {
  const tries = `given up after ${count(attempts, 'try', 'tries')}`;
  if (ending.outcome === 'failed') return { ...ending, summary: `${ending.summary}; ${tries}` };
  return asFailed(ending, `${summaryOf(ending)}; ${tries}`);
}

function endInterrupted(ending: TaskEnding, attempts: number): TaskEnding {
  return asFailed(ending, `${summaryOf(ending)}; interrupted after ${count(attempts, 'try', 'tries')}`);
}

function asFailed(ending: TaskEnding, summary: string): TaskEnding {
  const { outcome, details, result, hasActed, stdout, stderr, status } = ending;
  return {
    ...failedEnding(summary),
    details,
    result,
    stdout,
    stderr,
    status,
    hasActed: hasActed === true || outcome === 'changed',
  };
}

/** Most milliseconds that a timer of Node takes; it fires at once for more. */
const longestTimer = 2 ** 31 - 1;

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.min(seconds * 1000, longestTimer), undefined, { signal }).catch(() => {}); // The caller asks the signal.
}
