import type { Judgement, Task } from '../../model/task.js';
import { type Ending, failedEnding } from '../ending.js';
import { explain } from '../explain.js';
import type { HostResults } from '../settle/results.js';
import { unknownBecauseOf } from './condition.js';

/**
 * A task's ending as its `changedWhen` and `failedWhen` have it. In check mode, where one of them asks for what only the
 * task itself would find out, whether it changes something is unknown, and it is taken not to fail.
 */
export function judged(task: Task, ending: Ending, results: HostResults, foresees: boolean): Ending {
  if (ending.outcome === 'skipped' || ending.outcome === 'unknown' || ending.isUnclear) return ending;
  const judge = new Judge(task, results);
  const changed = judge.ask('changed_when', task.changedWhen, ending);
  const afterChange = changed === undefined ? ending : judgedChange(ending, changed, foresees);
  const failed = judge.ask('failed_when', task.failedWhen, afterChange);
  if (failed === undefined || failed === 'unknown') return afterChange;
  return judgedFailure(afterChange, failed, changed);
}

/** Whether a task's result is what its `until` asks for; without one, whether it did not fail. */
export function isWanted(task: Task, ending: Ending, results: HostResults): boolean | { readonly failure: Ending } {
  const until = task.retry?.until;
  if (until === undefined) return ending.outcome !== 'failed';
  const answer = new Judge(task, results).ask('until', until, ending);
  return typeof answer === 'object' ? { failure: answer } : answer !== 'unknown' && answer === true;
}

/** What a judgement gave: an ending where it could not be asked, nothing where there is none. */
type Answer = boolean | 'unknown' | Ending | undefined;

class Judge {
  readonly #task: Task;
  readonly #results: HostResults;

  constructor(task: Task, results: HostResults) {
    this.#task = task;
    this.#results = results;
  }

  ask(word: string, judgement: boolean | Judgement | undefined, ending: Ending): Answer {
    if (typeof judgement !== 'function') return judgement;
    const used = new Set<string>();
    try {
      const result = this.#results.viewOf(ending, this.#task.register ?? `of "${this.#task.name}"`, used);
      const answer = judgement(result, this.#results.view(used));
      return used.size > 0 ? 'unknown' : answer;
    } catch (error) {
      if (used.size > 0) return 'unknown';
      const { message, hint } = explain(error);
      const { result, hasActed } = ending;
      return {
        ...failedEnding(`its ${word} could not be evaluated: ${message}`, hint),
        result,
        hasActed: hasActed === true || ending.outcome === 'changed',
      };
    }
  }
}

function judgedChange(ending: Ending, changed: Exclude<Answer, undefined>, foresees: boolean): Ending {
  if (typeof changed === 'object') return changed;
  const { outcome } = ending;
  if (changed === 'unknown') {
    const open = unknownBecauseOf(['its own result (changed_when)']);
    return { ...ending, outcome: 'unknown', hint: open.hint };
  }
  if (outcome === 'failed') return { ...ending, hasActed: changed };
  if (changed) return { ...ending, outcome: foresees ? 'would-change' : 'changed' };
  if (outcome === 'changed') return { ...ending, outcome: 'ok' };
  if (outcome === 'would-change')
    return { ...ending, outcome: 'ok', summary: `would ${ending.summary}`, isForeseen: true };
  return ending;
}

function judgedFailure(ending: Ending, failed: boolean | Ending, changed: Answer): Ending {
  if (typeof failed === 'object') return failed;
  const { outcome, summary, details, result } = ending;
  if (failed && outcome !== 'failed') {
    return {
      ...failedEnding(`failed_when holds${summary === '' ? '' : ` (${summary})`}`),
      details,
      result,
      hasActed: outcome === 'changed',
      ...saidIn(result),
    };
  }
  if (failed || outcome !== 'failed') return ending;
  const hasChanged = typeof changed === 'boolean' ? changed : ending.hasActed === true;
  return { outcome: hasChanged ? 'changed' : 'ok', summary, details, result };
}

/** What a script said that succeeded, for the report of a failure. */
function saidIn(result: Ending['result']): Pick<Ending, 'stdout' | 'stderr' | 'status'> {
  const { rc, stdout, stderr } = result ?? {};
  return {
    ...(typeof stdout === 'string' && { stdout }),
    ...(typeof stderr === 'string' && { stderr }),
    ...(typeof rc === 'number' && { status: rc }),
  };
}
