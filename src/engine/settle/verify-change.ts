import type { HostContext, Reply } from '../../model/resource.js';
import type { Task } from '../../model/task.js';
import { type Ending, failedEnding } from '../ending.js';
import { explain } from '../explain.js';
import { excessText } from '../reply.js';
import type { Delivered } from './apply-change.js';
import type { Measured } from './measurements.js';
import { type Change, planTask } from './plan-task.js';

/**
 * The failure of a change that could not be made; nothing when it was made. A change that printed more than is kept was
 * made, and is a failure where the task registers what it printed.
 */
export function whatFailed(task: Task, change: Change, delivered: Delivered): Ending | undefined {
  if ('failure' in delivered) return failedEnding(delivered.failure, delivered.hint);
  if (!('reply' in delivered)) return undefined;
  const { reply } = delivered;
  if ('timedOut' in delivered) {
    return { ...failedEnding(`${change.summary}: not done within ${delivered.timedOut} s`), ...reply };
  }
  const leftOut = 'leftOut' in delivered ? delivered.leftOut : undefined;
  if (leftOut !== undefined && (reply.status !== 0 || task.register !== undefined))
    return printedTooMuch(change, reply, leftOut);
  if (reply.status === 0) return undefined;
  const lost = 'lost' in delivered ? '; what it said was lost with the link' : '';
  return { ...failedEnding(`${change.summary}: exit status ${reply.status}${lost}`), ...reply };
}

function printedTooMuch({ summary }: Change, reply: Reply, leftOut: number): Ending {
  const how = reply.status === 0 ? '' : `exit status ${reply.status}; `;
  const hint = 'send its output to a file on the host, and register what is needed of that';
  return { ...failedEnding(`${summary}: ${how}${excessText(leftOut)}`, hint), ...reply };
}

/** Judges a change that was made by what the second reading shows; nothing when all is as it should be. */
export function whatIsStillWrong(
  task: Task,
  change: Change,
  measured: Measured,
  delivered: Delivered,
  host: HostContext,
): Ending | undefined {
  const reply: Reply = 'reply' in delivered ? delivered.reply : { status: 0, stdout: '', stderr: '' };
  const said = reply.stdout.trim() === '' && reply.stderr.trim() === '' ? {} : reply;
  const wrong = (message: string, hint?: string): Ending => ({ ...failedEnding(message, hint), ...said });
  if ('problem' in measured) {
    return wrong(`was changed, but then: ${measured.problem.message}`, measured.problem.hint);
  }
  if (change.verify !== undefined) {
    try {
      const found = change.verify(measured.state, reply);
      return found === undefined ? undefined : wrong(`did not converge: ${found}`);
    } catch (error) {
      const { message, hint } = explain(error);
      return wrong(`was changed, but then: ${message}`, hint);
    }
  }
  const again = planTask(task, measured, host);
  if ('change' in again) return wrong(`did not converge: ${again.change.summary}`);
  return again.ending.outcome === 'failed'
    ? wrong(`did not converge: ${again.ending.summary}`, again.ending.hint)
    : undefined;
}

/** What a change's script said, as `register` keeps it: Ansible's names. What was lost with the link isn't there at all. */
export function outputOf(delivered: Delivered): Readonly<Record<string, unknown>> {
  if (!('reply' in delivered)) return {};
  if ('lost' in delivered) return { rc: delivered.reply.status };
  const stdout = delivered.reply.stdout.trimEnd();
  return {
    rc: delivered.reply.status,
    stdout,
    stdout_lines: stdout === '' ? [] : stdout.split('\n'),
    stderr: delivered.reply.stderr.trimEnd(),
  };
}
