import { type Ending, failedEnding } from '../ending.js';
import type { HostResults } from '../settle/results.js';
import type { Turn, Workman } from '../settle/workman.js';
import { isWanted, judged } from './judge.js';

/** What trying needs beside the task's turn. */
export interface Trying {
  readonly workman: Workman;
  readonly results: HostResults;
  /** Resolves when the run is interrupted. */
  readonly interrupted: Promise<undefined>;
  /** No new tasks, and no new tries. */
  stopped(): boolean;
  /** Tells of a try that there will be another after. */
  retry(told: { attempt: number; attempts: number; summary: string; delay: number }): void;
}

/** How a task came out, and whether handlers were written down on the way. */
export interface Outcome {
  readonly ending: Ending;
  readonly isRecorded: boolean;
}

/**
 * Does a task, and judges how it came out by its own words: again and again where it says `until` or `retries`, each
 * time from a new measurement. What was changed on the way counts, although the last try may find nothing to do.
 */
export async function tryTask(turn: Turn, trying: Trying): Promise<Outcome> {
  const { task } = turn;
  const { workman } = trying;
  const retry = workman.foresees ? undefined : task.retry;
  let isRecorded = false;
  let changed: Ending | undefined;
  for (let attempt = 1; ; attempt++) {
    const settled = await workman.settle(attempt === 1 ? turn : { ...turn, upcoming: () => [] });
    isRecorded ||= settled.outcome === 'changed' || settled.hasActed === true;
    const ending = judged(task, counted(settled, retry && attempt), trying.results, workman.foresees);
    if (retry === undefined) return { ending, isRecorded };
    const isDone = isWanted(task, ending, trying.results);
    if (typeof isDone === 'object') return { ending: isDone.failure, isRecorded };
    if (ending.outcome === 'changed') changed ??= ending;
    if (isDone)
      return {
        ending: ending.outcome === 'ok' ? { ...ending, ...changed, result: ending.result } : ending,
        isRecorded,
      };
    const attempts = retry.retries + 1;
    if (attempt >= attempts || settled.isUnclear) return { ending: givenUp(ending, attempt), isRecorded };
    trying.retry({ attempt, attempts, summary: summaryOf(ending), delay: retry.delay });
    await pause(retry.delay, trying.interrupted);
    if (trying.stopped()) return { ending: interrupted(ending, attempt), isRecorded };
    workman.forget();
    if (turn.handler !== undefined) turn.round?.again(turn.handler);
  }
}

function counted(ending: Ending, attempts: number | undefined): Ending {
  return attempts === undefined ? ending : { ...ending, result: { ...ending.result, attempts } };
}

function summaryOf({ outcome, summary }: Ending): string {
  return outcome === 'failed' ? summary : `until does not hold${summary === '' ? '' : ` (${summary})`}`;
}

function givenUp(ending: Ending, attempts: number): Ending {
  const tries = `given up after ${attempts} ${attempts === 1 ? 'try' : 'tries'}`;
  if (ending.outcome === 'failed') return { ...ending, summary: `${ending.summary}; ${tries}` };
  return asFailed(ending, `${summaryOf(ending)}; ${tries}`);
}

function interrupted(ending: Ending, attempts: number): Ending {
  return asFailed(ending, `${summaryOf(ending)}; interrupted after ${attempts} ${attempts === 1 ? 'try' : 'tries'}`);
}

function asFailed(ending: Ending, summary: string): Ending {
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

/** Most milliseconds that a clock of Node's takes; it goes off at once for more. */
const longestClock = 2 ** 31 - 1;

async function pause(seconds: number, interrupted: Promise<undefined>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(seconds * 1000, longestClock));
  });
  await Promise.race([over, interrupted]);
  clearTimeout(timer);
}
