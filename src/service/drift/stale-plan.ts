import { hostsOfJob, type StoredJob } from '../jobs/job.js';
import { Problem } from '../problem.js';
import type { Database } from '../store/database.js';

/** Hosts that are asked about at once. */
const atOnce = 200;

/** Returns why a plan is not what would be done now, as far as later jobs tell; undefined: nothing is known. */
export async function staleReason({ db }: Database, job: StoredJob): Promise<string | undefined> {
  if (job.plan === null || job.ended_at === null) return undefined;
  const hosts = hostsOfJob(job);
  for (let at = 0; at < hosts.length; at += atOnce) {
    const changed = await db
      .selectFrom('job_hosts')
      .innerJoin('jobs', 'jobs.id', 'job_hosts.job')
      .select(['jobs.id', 'job_hosts.host'])
      .where('job_hosts.host', 'in', hosts.slice(at, at + atOnce))
      .where('job_hosts.result', 'in', ['changed', 'failed', 'cancelled', 'lost'])
      .where('jobs.kind', 'in', ['provision', 'sync'])
      .where('jobs.ended_at', '>=', job.ended_at)
      .orderBy('jobs.number')
      .limit(1)
      .executeTakeFirst();
    if (changed !== undefined) return `job ${changed.id} has been at work on ${changed.host} since`;
  }
  const other = await db
    .selectFrom('jobs')
    .select('id')
    .where('kind', '=', 'check')
    .where('request', '=', job.request)
    .where('hosts', '=', job.hosts)
    .where('plan', '<>', job.plan)
    .where('ended_at', '>=', job.ended_at)
    .limit(1)
    .executeTakeFirst();
  return other === undefined ? undefined : `job ${other.id} has found something else since`;
}

/** Makes the refusal of a plan that is old. */
export function stalePlan(why: string): Problem {
  return new Problem(
    'version-mismatch',
    `the hosts have changed since the plan was made: ${why}. Make it anew: nothing was changed`,
  );
}
