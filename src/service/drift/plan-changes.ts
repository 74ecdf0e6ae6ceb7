import type { z } from 'zod';
import { requestOf, type StoredJob } from '../jobs/job.js';
import type { JobFolders } from '../jobs/job-folders.js';
import { Problem } from '../problem.js';
import type { planSchema } from '../schemas/drift.js';
import { readFindings } from './read-findings.js';
import { type DriftTask, keyOf, type RunFindings } from './run-findings.js';

export type PlanChange = z.output<typeof planSchema>['changed'][number];

/** Differences that are named. */
const mostNamed = 50;

/** Returns what had changed since a plan was made that a job was to carry out; undefined: it did, or has not looked yet. */
export async function changesSincePlan(folders: JobFolders, job: StoredJob): Promise<PlanChange[] | undefined> {
  const request = requestOf(job);
  if (request.work !== 'run' || request.plan === undefined || job.state !== 'done') return undefined;
  if ((await folders.endOf(job.id))?.refused !== 'changed') return undefined;
  const [planned] = job.parent === null ? [] : await readFindings(folders, job.parent);
  const [found] = await readFindings(folders, job.id);
  return comparePlans(planned, found);
}

/** Makes the refusal of a plan that was looked at again, with each difference. */
export function refusedPlan(job: string, changes: readonly PlanChange[]): Problem {
  const errors = changes.map(({ host, task, planned, found }) => ({
    pointer: `${host}: ${task}`,
    detail: `planned: ${planned ?? 'nothing'}; now: ${found ?? 'nothing to do'}`,
  }));
  const detail = `the hosts have changed since the plan was made: job ${job} found something else, and changed nothing. Make it anew`;
  return new Problem('version-mismatch', detail, { errors, headers: { Location: `/api/v1/jobs/${job}` } });
}

/** Compares two looks at the same hosts. Each has the first tasks of a host only: a difference behind them has no name. */
export function comparePlans(planned: RunFindings | undefined, found: RunFindings | undefined): PlanChange[] {
  const hosts = new Set([...(planned?.hosts.keys() ?? []), ...(found?.hosts.keys() ?? [])]);
  const changes = [...hosts].flatMap((host) => {
    const [before, now] = [planned?.hosts.get(host), found?.hosts.get(host)].map((each) => ({
      ...each,
      tasks: wordedTasks(each?.tasks ?? []),
    }));
    const keys = new Set([...(before?.tasks.keys() ?? []), ...(now?.tasks.keys() ?? [])]);
    const tasks = [...keys].flatMap((key): PlanChange[] => {
      const [was, is] = [before?.tasks.get(key), now?.tasks.get(key)];
      if (was?.identity === is?.identity) return [];
      return [{ host, task: was?.task ?? is?.task ?? '', planned: was?.text ?? null, found: is?.text ?? null }];
    });
    if (before?.isUnreachable === now?.isUnreachable) return tasks;
    const reach = (isAway: boolean | undefined) => (isAway === true ? 'unreachable' : 'reachable');
    return [{ host, task: '', planned: reach(before?.isUnreachable), found: reach(now?.isUnreachable) }, ...tasks];
  });
  if (changes.length > 0) return changes.slice(0, mostNamed);
  return [{ host: '', task: '', planned: null, found: 'more than is kept of a plan differs' }];
}

/** Returns the tasks by their keys; those of one name together. */
function wordedTasks(tasks: readonly DriftTask[]) {
  const worded = new Map<string, { task: string; text: string; identity: string }>();
  for (const each of tasks) {
    const { task, outcome, summary, diff } = each;
    const known = worded.get(keyOf(each));
    const text = `${outcome}: ${summary}`;
    const identity = JSON.stringify([outcome, summary, diff?.before, diff?.after]);
    worded.set(keyOf(each), {
      task,
      text: known === undefined ? text : `${known.text}; ${text}`,
      identity: `${known?.identity ?? ''}${identity}`,
    });
  }
  return worded;
}
