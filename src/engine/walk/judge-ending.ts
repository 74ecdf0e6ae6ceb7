import type { Judgement, Task } from '../../model/task.js';
import { explainError } from '../explain-error.js';
import type { HostResults } from '../settle/results.js';
import { failedEnding, type TaskEnding } from '../task-ending.js';
import { unknownEnding } from './condition.js';

/**
 * Returns a task's ending as its `changedWhen` and `failedWhen` decide. In check mode, one of them may need what only the
 * task itself would find out. The outcome is unknown then, and the task is taken not to fail.
 */
export function judgeEnding(task: Task, ending: TaskEnding, results: HostResults, isCheckMode: boolean): TaskEnding {
  if (ending.outcome === 'skipped' || ending.outcome === 'unknown' || ending.isUnclear) return ending;
  const judge = new Judge(task, results);
  const changed = judge.ask('changed_when', task.changedWhen, ending);
  const afterChange = changed === undefined ? ending : judgeChange(ending, changed, isCheckMode);
  const failed = judge.ask('failed_when', task.failedWhen, afterChange);
  if (failed === undefined || failed === 'unknown') return afterChange;
  return judgeFailure(afterChange, failed, changed);
}

/** Tells whether a task's result is as its `until` wants it; without one, whether it did not fail. */
export function isWanted(
  task: Task,
  ending: TaskEnding,
  results: HostResults,
): boolean | { readonly failure: TaskEnding } {
  const until = task.retry?.until;
  if (until === undefined) return ending.outcome !== 'failed';
  const answer = new Judge(task, results).ask('until', until, ending);
  return typeof answer === 'object' ? { failure: answer } : answer !== 'unknown' && answer === true;
}

/** Answer of a judgement: an ending where it could not be evaluated, nothing where there is none. */
type Answer = boolean | 'unknown' | TaskEnding | undefined;

class Judge {
  readonly #task: Task;
  readonly #results: HostResults;

  constructor(task: Task, results: HostResults) {
    this.#task = task;
    this.#results = results;
  }

  /** Evaluates a judgement on an ending. @param word name of it, for errors */
  ask(word: string, judgement: boolean | Judgement | undefined, ending: TaskEnding): Answer {
    if (typeof judgement !== 'function') return judgement;
    const used = new Set<string>();
    try {
      const result = this.#results.viewOf(ending, this.#task.register ?? `of "${this.#task.name}"`, used);
      const answer = judgement(result, this.#results.view(used));
      return used.size > 0 ? 'unknown' : answer;
    } catch (error) {
      if (used.size > 0) return 'unknown';
      const { message, hint } = explainError(error);
      const { result, hasActed } = ending;
      return {
        ...failedEnding(`its ${word} could not be evaluated: ${message}`, hint),
        result,
        hasActed: hasActed === true || ending.outcome === 'changed',
      };
    }
  }
}

function judgeChange(ending: TaskEnding, changed: Exclude<Answer, undefined>, isCheckMode: boolean): TaskEnding {
  if (typeof changed === 'object') return changed;
  const { outcome } = ending;
  if (changed === 'unknown') {
    const open = unknownEnding(['its own result (changed_when)']);
    return { ...ending, outcome: 'unknown', hint: open.hint };
  }
  if (outcome === 'failed') return { ...ending, hasActed: changed };
  if (changed) return { ...ending, outcome: isCheckMode ? 'would-change' : 'changed' };
  if (outcome === 'changed') return { ...ending, outcome: 'ok' };
  if (outcome === 'would-change')
    return { ...ending, outcome: 'ok', summary: `would ${ending.summary}`, isForeseen: true };
  return ending;
}

function judgeFailure(ending: TaskEnding, failed: boolean | TaskEnding, changed: Answer): TaskEnding {
  if (typeof failed === 'object') return failed;
  const { outcome, summary, details, result } = ending;
  if (failed && outcome !== 'failed') {
    return {
      ...failedEnding(`failed_when holds${summary === '' ? '' : ` (${summary})`}`),
      details,
      result,
      hasActed: outcome === 'changed',
      ...outputIn(result),
    };
  }
  if (failed || outcome !== 'failed') return ending;
  const hasChanged = typeof changed === 'boolean' ? changed : ending.hasActed === true;
  return { outcome: hasChanged ? 'changed' : 'ok', summary, details, result };
}

/** Returns the output of a script that succeeded, for the report of a failure. */
function outputIn(result: TaskEnding['result']): Pick<TaskEnding, 'stdout' | 'stderr' | 'status'> {
  const { rc, stdout, stderr } = result ?? {};
  return {
    ...(typeof stdout === 'string' && { stdout }),
    ...(typeof stderr === 'string' && { stderr }),
    ...(typeof rc === 'number' && { status: rc }),
  };
}
