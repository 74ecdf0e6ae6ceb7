import type { z } from 'zod';
import { invalid } from '../access/accounts/accounts.js';
import type { Principal } from '../access/principal.js';
import { notFound, Problem } from '../problem.js';
import type { JobVerb, newJob } from '../schemas/jobs.js';
import type { ServiceParts } from '../service-parts.js';
import { addPublicationJob, isPublicationKind } from './add-publication-job.js';
import { type JobRunOptions, runOptions, type SiteLook } from './child/child-request.js';
import type { AskedJob, OwnRequest, StoredJob } from './job.js';
import type { NewJob } from './job-store.js';
import { collectionOnHost } from './upkeep/collection-on-host.js';

/** Reads what a request or a schedule asks for. @param dryRun only say what it would do */
export function askedJob(
  {
    kind,
    registry,
    retention,
    deleteUntagged,
    publication,
    ...run
  }: Omit<z.output<typeof newJob>, 'secrets' | 'reason'>,
  dryRun: boolean,
): Omit<AskedJob, 'secrets' | 'reason'> {
  if (dryRun && (kind === 'reconcile' || kind === 'backup')) {
    throw new Problem('unprocessable', `a job of the kind ${kind} can't be tried first: it harms nothing`);
  }
  if (dryRun && kind === 'sync') throw new Problem('unprocessable', 'a sync is tried first as a job of the kind check');
  return {
    kind: dryRun && kind === 'provision' ? 'check' : kind,
    run: runOptions.parse(run),
    registry,
    retention,
    deleteUntagged,
    publication,
    dryRun,
  };
}

/** Adds a job for a sender who may have it done. The site is read first: what is wrong is told before a job is there. @throws Problem */
export async function addJob(
  parts: ServiceParts,
  principal: Principal,
  asked: AskedJob,
  more: Pick<NewJob, 'parent' | 'schedule' | 'notBefore'> & { readonly by: string; readonly plan?: string },
): Promise<StoredJob> {
  const { jobs, jobRights, site, registries } = parts;
  const { kind, secrets, reason } = asked;
  const { plan, ...job } = more;
  if (isPublicationKind(kind)) return await addPublicationJob(parts, principal, { ...asked, kind }, job);
  if (isUpkeep(kind)) await requireUpkeep(parts, principal, asked);
  const collected =
    kind === 'gc' && asked.registry !== undefined ? await collectionOnHost(parts, asked.registry) : undefined;
  if (collected !== undefined) {
    const { host, registry } = collected;
    if (asked.dryRun === true || asked.deleteUntagged === true) {
      const what = asked.dryRun === true ? "can't be tried first" : 'goes by registry_gc_delete_untagged';
      throw new Problem(
        'unprocessable',
        `the collection of ${registry} on ${host} is that of its timer, which ${what}`,
      );
    }
    return await jobs.add({ ...job, kind, subject: registry, request: collected, hosts: [host], reason });
  }
  if (isUpkeep(kind)) {
    const request = upkeepRequest(asked, kind);
    if (request.work === 'backup') return await jobs.add({ ...job, kind, request, hosts: [], reason });
    if (registries.find(request.registry) === undefined) throw notFound(`registry ${request.registry}`);
    const hosts = [`registry ${request.registry}`];
    return await jobs.add({ ...job, kind, subject: request.registry, request, hosts, reason });
  }
  const check = kind === 'check';
  const run = kind === 'sync' ? await syncRun(parts, asked) : asked.run;
  const look = await site.check({ run: { ...run, check }, secrets });
  const hosts = hostsIn(look);
  if (check) await parts.drift.keepHosts(new Set(look.hosts.map(({ name }) => name)));
  await jobRights.require(principal, plan === undefined ? verbOf(kind, run) : 'approve', hosts, 'such host');
  if (hosts.length === 0) throw new Problem('unprocessable', 'no play of the site has a host: there is nothing to do');
  const request = { work: 'run' as const, run: { ...run, check }, ...(plan === undefined ? {} : { plan }) };
  return await jobs.add({ ...job, kind, request, hosts, reason }, secrets);
}

/**
 * Requires the right to look after registries, before anything is asked for: that of an administrator, or to collect garbage on a host
 * that of its jobs.
 * @throws Problem, the same whether or not there is such a registry
 */
async function requireUpkeep({ jobRights, managed }: ServiceParts, principal: Principal, { kind, registry }: AskedJob) {
  const may = await jobRights.of(principal);
  const host = kind === 'gc' && registry !== undefined ? managed.find(registry)?.host : undefined;
  if (may('run', ['*']) || (host !== undefined && may('run', [host]))) return;
  throw new Problem('forbidden', 'this takes an administrator');
}

const upkeepKinds = ['reconcile', 'backup', 'retain', 'gc'] as const;
type UpkeepKind = (typeof upkeepKinds)[number];

function isUpkeep(kind: string): kind is UpkeepKind {
  return upkeepKinds.some((each) => each === kind);
}

/** Returns the request of a job that the service does itself. @throws Problem for what it lacks */
function upkeepRequest(asked: AskedJob, kind: UpkeepKind): OwnRequest {
  const { registry, retention, deleteUntagged = false, dryRun = false } = asked;
  if (kind === 'backup') return { work: 'backup' };
  if (registry === undefined) throw invalid('/registry', 'must be there: the name of the registry');
  if (kind === 'reconcile') return { work: 'reconcile', registry };
  if (kind === 'gc') return { work: 'gc', registry, deleteUntagged, apply: !dryRun };
  if (retention === undefined) throw invalid('/retention', 'must be there: which tags stay');
  return { work: 'retain', registry, rules: retention, apply: !dryRun };
}

/** Returns the options of a run on the hosts whose images are synced. @throws Problem where there are none */
async function syncRun({ site }: ServiceParts, { run, secrets }: AskedJob): Promise<JobRunOptions> {
  const { plays } = await site.check({ run, secrets });
  const hosts = hostsIn({ plays: plays.filter(({ roles }) => roles.includes('image-sync')) });
  if (hosts.length === 0) {
    throw new Problem(
      'unprocessable',
      'no play of the site has the role image-sync on such a host: no images are synced',
    );
  }
  return { ...run, limit: hosts.join(','), sync: true };
}

/** Returns the hosts of all plays. */
export function hostsIn({ plays }: Pick<SiteLook, 'plays'>): string[] {
  return [...new Set(plays.flatMap(({ hosts }) => hosts))];
}

function verbOf(kind: AskedJob['kind'], { force, prune }: JobRunOptions): JobVerb {
  if (kind === 'check') return 'check';
  return force || prune ? 'force' : 'run';
}
