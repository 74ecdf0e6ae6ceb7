import type { Selectable } from 'kysely';
import { z } from 'zod';
import { type newJob, retentionRules } from '../schemas/jobs.js';
import type { JobRow } from '../store/tables.js';
import { type JobRunOptions, publicationWork, registryChange, runOptions } from './child/child-request.js';

/** Job as the database has it. */
export type StoredJob = Selectable<JobRow>;

/** Request of a job, without its secrets, as the database keeps it. */
export const jobRequest = z.discriminatedUnion('work', [
  z.strictObject({ work: z.literal('run'), run: runOptions, plan: z.string().optional() }),
  z.strictObject({ work: z.literal('registry'), run: runOptions, change: registryChange }),
  /** Collection of garbage on a registry's host. */
  z.strictObject({ work: z.literal('collect'), run: runOptions, host: z.string(), registry: z.string() }),
  /** Work on what a vendor publishes. */
  z.strictObject({ work: z.literal('publication'), publication: publicationWork }),
  z.strictObject({ work: z.literal('reconcile'), registry: z.string() }),
  z.strictObject({ work: z.literal('backup') }),
  z.strictObject({ work: z.literal('retain'), registry: z.string(), rules: retentionRules, apply: z.boolean() }),
  z.strictObject({
    work: z.literal('gc'),
    registry: z.string(),
    deleteUntagged: z.boolean(),
    apply: z.boolean(),
  }),
]);
export type JobRequest = z.output<typeof jobRequest>;

/** Request of a job that the service does itself, without a process of its own. */
export type OwnRequest = Exclude<JobRequest, { work: (typeof childWorks)[number] }>;

/** Work that a process of its own does. */
const childWorks = ['run', 'registry', 'collect', 'publication'] as const;

/** Returns true for an {@link OwnRequest}. */
export function isOwnRequest(request: JobRequest): request is OwnRequest {
  return !childWorks.some((work) => work === request.work);
}

/** States in which a job has not ended. */
export const openStates = ['queued', 'waiting', 'running', 'stopping'] as const satisfies JobRow['state'][];

/** Reason for which a job waits. */
export type WaitReason =
  | { readonly reason: 'hosts'; readonly hosts: readonly string[]; readonly jobs: readonly string[] }
  | { readonly reason: 'window'; readonly until: number }
  | { readonly reason: 'others' };

/** Reads what the database has of a job's request. */
export function requestOf({ request }: Pick<StoredJob, 'request'>): JobRequest {
  return jobRequest.parse(JSON.parse(request));
}

/** Reads the hosts of a job. */
export function hostsOfJob({ hosts }: Pick<StoredJob, 'hosts'>): readonly string[] {
  return z.array(z.string()).parse(JSON.parse(hosts));
}

/** Job that somebody asks for. */
export interface AskedJob {
  readonly kind: StoredJob['kind'];
  readonly run: JobRunOptions;
  readonly secrets: Readonly<Record<string, string>>;
  readonly registry: string | undefined;
  /** Rules of a `retain`. */
  readonly retention?: z.output<typeof retentionRules> | undefined;
  readonly deleteUntagged?: boolean | undefined;
  /** Application of a `publish`, `upload` or `withdraw`. */
  readonly publication?: z.output<typeof newJob>['publication'];
  /** Only say what a `retain` or `gc` would do. */
  readonly dryRun?: boolean | undefined;
  readonly reason: string;
}
