import { invalid } from '../access/accounts/accounts.js';
import type { Principal } from '../access/principal.js';
import { Problem } from '../problem.js';
import type { ServiceParts } from '../service-parts.js';
import type { AskedJob, StoredJob } from './job.js';
import type { NewJob } from './job-store.js';

const publicationKinds = ['publish', 'upload', 'withdraw'] as const;
type PublicationKind = (typeof publicationKinds)[number];

/** Returns true for a job about what a vendor publishes. */
export function isPublicationKind(kind: string): kind is PublicationKind {
  return publicationKinds.some((each) => each === kind);
}

/** Returns what stands for a vendor where rights and locks are about hosts: one job at a time works for it. */
export function vendorHost(vendor: string): string {
  return `vendor:${vendor}`;
}

/** Adds a job that publishes, uploads or withdraws images of an application. @throws Problem */
export async function addPublicationJob(
  { jobs, jobRights, publications }: ServiceParts,
  principal: Principal,
  { kind, publication, dryRun = false, reason }: AskedJob & { readonly kind: PublicationKind },
  more: Pick<NewJob, 'parent' | 'schedule' | 'notBefore'> & { readonly by: string },
): Promise<StoredJob> {
  jobs.requireVendors();
  if (publication === undefined) throw invalid('/publication', 'must be there: the vendor, and its application');
  const { vendor, app, tags, all, wait } = publication;
  const hosts = [vendorHost(vendor)];
  const what = `publication ${vendor}/${app}`;
  await jobRights.require(principal, dryRun ? 'check' : kind === 'withdraw' ? 'force' : 'run', hosts, what);
  const found = await publications.require(vendor, app);
  if (kind === 'withdraw' && (tags === undefined) !== all)
    throw invalid('/publication/tags', all ? 'must not be there beside all' : 'must be there, or all: true');
  if (kind !== 'withdraw' && (tags !== undefined || all))
    throw invalid(tags === undefined ? '/publication/all' : '/publication/tags', `means nothing for ${kind}`);
  if (kind !== 'withdraw' && found.app.source === undefined)
    throw new Problem(
      'unprocessable',
      `nothing says where the images of ${app} come from: write source in the file of vendors`,
    );
  const work = { vendor, app, verb: kind, wait, isDryRun: dryRun, ...(tags === undefined ? {} : { tags }) };
  const request = { work: 'publication' as const, publication: work };
  return await jobs.add({ ...more, kind, subject: `${vendor}/${app}`, request, hosts, reason });
}
