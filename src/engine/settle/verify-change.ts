import type { HostContext, Reply } from '../../model/resource.js';
import type { Task } from '../../model/task.js';
import { explainError } from '../explain-error.js';
import { excessText } from '../reply.js';
import { failedEnding, type TaskEnding } from '../task-ending.js';
import type { DeliveryResult } from './delivery.js';
import type { Measured } from './measurements.js';
import { type Change, planTask } from './plan-task.js';

/**
 * Returns the failure of a change that could not be made; nothing when it was made. A change that printed more than is
 * kept was made; it is a failure where the task registers its output.
 */
export function changeFailure(task: Task, change: Change, result: DeliveryResult): TaskEnding | undefined {
  if ('failure' in result) return failedEnding(result.failure, result.hint);
  if (!('reply' in result)) return undefined;
  const { reply } = result;
  if ('timedOut' in result) {
    return { ...failedEnding(`${change.summary}: not done within ${result.timedOut} s`), ...reply };
  }
  const leftOut = 'leftOut' in result ? result.leftOut : undefined;
  if (leftOut !== undefined && (reply.status !== 0 || task.register !== undefined))
    return tooMuchOutput(change, reply, leftOut);
  if (reply.status === 0) return undefined;
  const refusal = /(?:^|\n)(not installed: [^\n]*)\n?$/.exec(reply.stderr);
  if (refusal?.[1] !== undefined)
    return { ...failedEnding(refusal[1]), ...reply, stderr: reply.stderr.slice(0, refusal.index) };
  const lost = 'lost' in result ? '; its output was lost with the link' : '';
  return { ...failedEnding(`${change.summary}: exit status ${reply.status}${lost}`), ...reply };
}

function tooMuchOutput({ summary }: Change, reply: Reply, leftOut: number): TaskEnding {
  const how = reply.status === 0 ? '' : `exit status ${reply.status}; `;
  const hint = 'write its output to a file on the host, and register only the part that is needed';
  return { ...failedEnding(`${summary}: ${how}${excessText(leftOut)}`, hint), ...reply };
}

/** Judges a change that was made by the second measurement. Returns a failure, or nothing when all is as wanted. */
export function convergenceFailure(
  task: Task,
  change: Change,
  measured: Measured,
  result: DeliveryResult,
  host: HostContext,
): TaskEnding | undefined {
  const reply: Reply = 'reply' in result ? result.reply : { status: 0, stdout: '', stderr: '' };
  const output = reply.stdout.trim() === '' && reply.stderr.trim() === '' ? {} : reply;
  const wrong = (message: string, hint?: string): TaskEnding => ({ ...failedEnding(message, hint), ...output });
  if ('problem' in measured) {
    return wrong(`was changed, but then: ${measured.problem.message}`, measured.problem.hint);
  }
  if (change.verify !== undefined) {
    try {
      const found = change.verify(measured.state, reply);
      return found === undefined ? undefined : wrong(`did not converge: ${found}`);
    } catch (error) {
      const { message, hint } = explainError(error);
      return wrong(`was changed, but then: ${message}`, hint);
    }
  }
  const again = planTask(task, measured, host);
  if ('change' in again) return wrong(`did not converge: ${again.change.summary}`);
  return again.ending.outcome === 'failed'
    ? wrong(`did not converge: ${again.ending.summary}`, again.ending.hint)
    : undefined;
}

/** Returns a change's output as `register` keeps it, by Ansible's names. Output that was lost with the link is absent. */
export function outputOf(result: DeliveryResult): Readonly<Record<string, unknown>> {
  if (!('reply' in result)) return {};
  if ('lost' in result) return { rc: result.reply.status };
  const stdout = result.reply.stdout.trimEnd();
  return {
    rc: result.reply.status,
    stdout,
    stdout_lines: stdout === '' ? [] : stdout.split('\n'),
    stderr: result.reply.stderr.trimEnd(),
  };
}
