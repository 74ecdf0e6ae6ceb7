import type { z } from 'zod';
import type { RunReport } from '../engine/events.js';
import type { Role } from '../model/role.js';
import { type FakeHost, fakeHost } from './fake-host.js';
import { targetOf } from './role-target.js';
import { type RoleTestOptions, runRole } from './run-role.js';
import type { TaskReport } from './task-report.js';

/** Result of a role that was tested. */
export interface RoleTest {
  /** Results of all tasks, in order, handlers among them. */
  readonly tasks: readonly TaskReport[];
  /** Names of the tasks that changed something; under `check`, that would. */
  readonly changed: readonly string[];
  /** Names of the tasks that failed, with the reason. */
  readonly failed: readonly string[];
  readonly report: RunReport;
  /** The host, to look at its files and to run the role on again. */
  readonly host: FakeHost;
}

/**
 * Runs a role on a fake host. Its variables are checked, its tasks are made from the host's facts, and its files are
 * really written.
 *
 * @throws z.ZodError when the variables don't fit the role's schema; Error when the role can't make its tasks
 * @example
 * const { changed, host } = await testRole(time, { vars: { time_servers: ['ntp.example.com'] } });
 * expect(changed).toEqual(['file /etc/chrony/sources.d/site.sources', 'restart chrony']);
 * expect(host.read('/etc/chrony/sources.d/site.sources')).toBe('server ntp.example.com iburst\n');
 */
export async function testRole<Vars extends z.ZodObject>(
  role: Role<Vars>,
  options: RoleTestOptions<Vars> & { readonly host?: FakeHost } = {},
): Promise<RoleTest> {
  const host = options.host ?? fakeHost();
  const { tasks, problems, report } = await runRole(role, options, targetOf(host));
  const [problem] = problems;
  if (problem !== undefined) throw new Error(problem);
  const changed = tasks.filter(({ outcome }) => outcome === 'changed' || outcome === 'would-change');
  const failed = tasks.filter(({ outcome }) => outcome === 'failed');
  return {
    tasks,
    changed: changed.map(({ task }) => task),
    failed: failed.map(({ task, summary }) => `${task}: ${summary}`),
    report,
    host,
  };
}
