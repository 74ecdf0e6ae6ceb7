import { AssertionError } from 'node:assert';
import type { z } from 'zod';
import type { Role } from '../model/role.js';
import type { FakeHost } from './fake-host.js';
import { type HostAddress, targetOf } from './role-target.js';
import { type RoleTestOptions, runRole } from './run-role.js';
import type { TaskReport } from './task-report.js';

/**
 * Runs a role on a host, checks the host, and runs the role again: the first run must have left nothing to do. The host
 * may be a real one; it is changed.
 *
 * @throws AssertionError with the tasks that failed, that the check would change, or that changed something again
 * @example await expectIdempotent(time, { name: 'web1', host: '192.0.2.7', user: 'root' });
 */
export async function expectIdempotent<Vars extends z.ZodObject>(
  role: Role<Vars>,
  host: FakeHost | HostAddress,
  options: RoleTestOptions<Vars> = {},
): Promise<void> {
  const target = targetOf(host);
  const run = async (what: string, check: boolean, wrong: (task: TaskReport) => boolean) => {
    const flags = { ...options.flags, check };
    const { tasks, problems } = await runRole(role, { ...options, flags }, target);
    const found = tasks.filter((task) => isFailure(task) || wrong(task));
    if (problems.length + found.length === 0) return;
    const lines = [...problems, ...found.map(lineOf)].map((line) => `  ${line}`);
    const message = `the role ${role.name} on ${target.name}: ${what}\n${lines.join('\n')}`;
    throw new AssertionError({ message, stackStartFn: expectIdempotent });
  };
  await run('the first run failed', false, () => false);
  await run('a check after the first run would change something', true, ({ outcome }) => pending.includes(outcome));
  await run('a second run changed something', false, ({ outcome }) => outcome === 'changed');
}

/** Returns true for a failure, unless the role ignores or rescues it: that is one of its ways. */
function isFailure({ outcome, ignored, rescued }: TaskReport): boolean {
  return outcome === 'failed' && ignored !== true && rescued !== true;
}

const pending: readonly string[] = ['would-change', 'unknown'];

function lineOf({ task, outcome, summary, stderr }: TaskReport): string {
  const output = stderr === undefined || stderr === '' ? '' : `\n    ${stderr.trim().replaceAll('\n', '\n    ')}`;
  return `${task}: ${outcome} (${summary})${output}`;
}
