import type { Principal } from '../access/principal.js';
import { hostsIn } from '../jobs/add-job.js';
import { type RegistryChange, runOptions } from '../jobs/child/child-request.js';
import type { StoredJob } from '../jobs/job.js';
import { Problem } from '../problem.js';
import type { ServiceParts } from '../service-parts.js';

/** Role that sets registries up. */
const role = 'registry-setup';

/**
 * Adds the job that changes a registry, or with `dryRun` the one that only says what it would do. The site is read with the
 * change first: what is wrong with it is told before anything is there.
 * @throws Problem
 */
export async function addRegistryJob(
  parts: ServiceParts,
  principal: Principal,
  change: RegistryChange,
  { by, dryRun, reason = '' }: { readonly by: string; readonly dryRun: boolean; readonly reason?: string },
): Promise<StoredJob> {
  const { jobs, jobRights, site, managed } = parts;
  jobs.requireSite();
  managed.requireReadable();
  const { host, name } = change;
  await jobRights.require(principal, dryRun ? 'check' : 'run', [host], `host ${host}`);
  const busy = name === undefined ? [] : await jobs.store.list(1, { state: 'open', subject: name });
  if (busy[0] !== undefined && !dryRun)
    throw new Problem('conflict', `job ${busy[0].id} is changing ${name}: wait for it, or cancel it`);
  const run = runOptions.parse({ check: dryRun });
  const look = await site.check({ run, change });
  const known = look.hosts.some((each) => each.name === host);
  if (!known || !hostsIn(look).includes(host)) {
    const detail = known ? `no play of the site has the host ${host}` : `the inventory has no host ${host}`;
    throw new Problem('unprocessable', detail, { errors: [{ pointer: '/host', detail }] });
  }
  if (!look.plays.some((play) => play.hosts.includes(host) && play.roles.includes(role))) {
    const detail = `no play of the site gives ${host} the role ${role}: add it, then ask again`;
    throw new Problem('unprocessable', detail, { errors: [{ pointer: '/host', detail }] });
  }
  return await jobs.add({
    kind: dryRun ? 'check' : 'provision',
    subject: name ?? '',
    request: { work: 'registry', run, change },
    hosts: [host],
    by,
    reason,
  });
}
