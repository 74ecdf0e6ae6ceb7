import type { Principal } from '../access/principal.js';
import { notFound, Problem } from '../problem.js';
import type { JobVerb } from '../schemas/jobs.js';
import type { ServiceParts } from '../service-parts.js';
import type { JobRunOptions, SiteLook } from './child/child-request.js';
import type { StoredJob } from './job.js';
import type { NewJob } from './job-store.js';

/** Job that somebody asks for. */
export interface AskedJob {
  readonly kind: 'provision' | 'check' | 'reconcile' | 'backup';
  readonly run: JobRunOptions;
  readonly secrets: Readonly<Record<string, string>>;
  readonly registry: string | undefined;
  readonly reason: string;
}

/** Adds a job for a sender who may have it done. The site is read first: what is wrong is told before a job is there. @throws Problem */
export async function addJob(
  parts: ServiceParts,
  principal: Principal,
  asked: AskedJob,
  more: Pick<NewJob, 'parent' | 'schedule' | 'notBefore'> & { readonly by: string; readonly plan?: string },
): Promise<StoredJob> {
  const { jobs, jobRights, site, registries } = parts;
  const { kind, run, secrets, registry, reason } = asked;
  const { plan, ...job } = more;
  if (kind === 'reconcile' || kind === 'backup') {
    const may = await jobRights.of(principal);
    if (!may('run', ['*'])) throw new Problem('forbidden', 'this takes an administrator');
    if (kind === 'backup') return await jobs.add({ ...job, kind, request: { work: 'backup' }, hosts: [], reason });
    if (registry === undefined || registries.find(registry) === undefined) throw notFound(`registry ${registry ?? ''}`);
    const hosts = [`registry ${registry}`];
    return await jobs.add({ ...job, kind, subject: registry, request: { work: 'reconcile', registry }, hosts, reason });
  }
  const check = kind === 'check';
  const look = await site.check({ run: { ...run, check }, secrets });
  const hosts = hostsIn(look);
  await jobRights.require(principal, plan === undefined ? verbOf(kind, run) : 'approve', hosts, 'such host');
  if (hosts.length === 0) throw new Problem('unprocessable', 'no play of the site has a host: there is nothing to do');
  const request = { work: 'run' as const, run: { ...run, check }, ...(plan === undefined ? {} : { plan }) };
  return await jobs.add({ ...job, kind, request, hosts, reason }, secrets);
}

/** Returns the hosts of all plays. */
export function hostsIn({ plays }: Pick<SiteLook, 'plays'>): string[] {
  return [...new Set(plays.flatMap(({ hosts }) => hosts))];
}

function verbOf(kind: AskedJob['kind'], { force, prune }: JobRunOptions): JobVerb {
  if (kind === 'check') return 'check';
  return force || prune ? 'force' : 'run';
}
