import { AssertionError } from 'node:assert';
import type { z } from 'zod';
import type { Role } from '../model/role.js';
import type { FakeHost } from './fake-host.js';
import { type HostAddress, targetOf } from './role-target.js';
import { type RoleTestOptions, runRole } from './run-role.js';
import type { TaskReport } from './task-report.js';

/**
 * Runs a role on a host, looks at it with `check`, and runs it again: what the first run brought about must be all there
 * was to do. The host may be a real one; it is changed.
 *
 * @throws AssertionError naming the tasks that failed, that `check` still finds something to do for, or that changed something again
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
    const told = [...problems, ...found.map(lineOf)].map((line) => `  ${line}`);
    const message = `the role ${role.name} on ${target.name}: ${what}\n${told.join('\n')}`;
    throw new AssertionError({ message, stackStartFn: expectIdempotent });
  };
  await run('the first run did not go through', false, () => false);
  await run('a check after the first run finds something to do', true, ({ outcome }) => todo.includes(outcome));
  await run('a second run changed something', false, ({ outcome }) => outcome === 'changed');
}

/** A failure that the role goes on after is one of its ways to go. */
function isFailure({ outcome, ignored, rescued }: TaskReport): boolean {
  return outcome === 'failed' && ignored !== true && rescued !== true;
}

const todo: readonly string[] = ['would-change', 'unknown'];

function lineOf({ task, outcome, summary, stderr }: TaskReport): string {
  const said = stderr === undefined || stderr === '' ? '' : `\n    ${stderr.trim().replaceAll('\n', '\n    ')}`;
  return `${task}: ${outcome} (${summary})${said}`;
}
