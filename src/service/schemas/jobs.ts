import { z } from 'zod';
import { parsePattern } from '../../registry/lists/pattern.js';
import { exportFormat, pageQuery, plainText, time } from './fields.js';

/** Verbs of rights to work on hosts. */
export const jobVerbs = ['view', 'check', 'run', 'force', 'cancel', 'approve', 'schedule'] as const;
export type JobVerb = (typeof jobVerbs)[number];

const variableName = z.string().regex(/^[A-Za-z_]\w{0,99}$/, { error: 'must be a name of a variable' });
const tags = z.array(plainText(100).min(1)).max(100);
const pattern = plainText(1000).min(1);

/** Options of a run, as a request gives them. */
export const runBody = {
  limit: pattern.optional().describe('Pattern of hosts, as `--limit` takes it. Default: all hosts of the site'),
  tags: tags.default([]).describe('Only tasks with one of these tags'),
  skipTags: tags.default([]),
  variables: z
    .record(variableName, z.unknown())
    .default({})
    .describe("Variables above all others, checked by the roles' schemas. Braces in them are no templates"),
  secrets: z
    .record(variableName, z.string().max(64 * 1024))
    .default({})
    .describe('Variables whose values are secrets: they are kept sealed until the job has ended, and are never shown'),
  force: z.boolean().default(false).describe('Update configuration that exists and differs'),
  update: z.boolean().default(false).describe('Update what provision wrote and nobody has edited since'),
  prune: z.boolean().default(false).describe('Remove what an earlier run made and the site no longer names'),
  sync: z.boolean().optional().describe('Sync images, whatever the roles say'),
  forks: z.int().min(1).max(1000).optional().describe('Hosts at a time. Default: 32'),
};

const tagPattern = plainText(300)
  .min(1)
  .refine((text) => !('error' in parsePattern(text)), { error: 'must be a pattern of tags: v1.*, /^rc-/' });

/** Rules of the tags that stay. */
export const retentionRules = z
  .strictObject({
    newest: z.int().min(1).optional().describe('The newest images of each repository, by build date'),
    youngerThan: z.int().min(1).optional().describe('Images younger than so many seconds, by build date'),
    keep: z.array(tagPattern).max(100).default([]).describe('Tags that match: a glob, or /expression/'),
    deny: z.array(tagPattern).max(100).default([]).describe('Tags that match are deleted, unless `keep` has them'),
    allowEmpty: z.boolean().default(false).describe('Delete all tags of a repository where no rule keeps any'),
  })
  .refine(({ newest, youngerThan, keep, deny }) => newest ?? youngerThan ?? keep[0] ?? deny[0], {
    error: 'has no rule: give newest, youngerThan, keep or deny',
  });

/** Kinds of jobs that a request may ask for. */
const askedKinds = [
  'provision',
  'check',
  'sync',
  'retain',
  'gc',
  'reconcile',
  'backup',
  'publish',
  'upload',
  'withdraw',
] as const;

const publicationOfJob = z.strictObject({
  vendor: plainText(16).min(1),
  app: plainText(300).min(1),
  tags: z.array(plainText(128).min(1)).min(1).max(1000).optional().describe('For `withdraw`: the tags'),
  all: z.boolean().default(false).describe('For `withdraw`, in place of `tags`: all of them'),
  wait: z
    .int()
    .min(0)
    .max(86_400)
    .default(300)
    .describe('For `withdraw`: seconds for which redirects that were given still lead to content'),
});

/** Fields of jobs about a registry, or about what is published. */
const upkeepBody = {
  registry: plainText(63).optional().describe('For `retain`, `gc` and `reconcile`: the registry'),
  retention: retentionRules.optional().describe('For `retain`: which tags stay; others are deleted'),
  deleteUntagged: z.boolean().optional().describe('For `gc`: manifests without a tag as well'),
  publication: publicationOfJob
    .optional()
    .describe('For `publish`, `upload` and `withdraw`: what, of the file of vendors'),
};

/** Request for a job. */
export const newJob = z.strictObject({
  kind: z.enum(askedKinds).describe('`sync`: a run on the hosts of plays with image-sync, its images synced'),
  ...runBody,
  ...upkeepBody,
  reason: plainText(500).default('').describe('Why, for those who read the list of jobs'),
});

const result = z
  .enum(['ok', 'changed', 'differs', 'failed', 'unreachable', 'partly', 'cancelled', 'lost'])
  .describe('`differs`: a check found something to do; `partly`: some hosts failed; `lost`: its process died');

/** Job, as answers have it. */
export const jobSchema = z
  .object({
    id: z.string(),
    kind: z.enum(askedKinds),
    registry: z.string().nullable().describe('Registry that it is about'),
    publication: z
      .object({ vendor: z.string(), app: z.string() })
      .nullable()
      .describe('Application of a vendor that it is about'),
    state: z.enum(['queued', 'waiting', 'running', 'stopping', 'done']),
    result: result.nullable().describe('Null until it is done'),
    hosts: z.array(z.string()).describe('Hosts that it works on; no other job does meanwhile'),
    results: z.record(z.string(), z.string()).describe('Result of each host'),
    problem: z.string().describe('What went wrong, where no host says so'),
    options: z.record(z.string(), z.unknown()).describe('Options, without the values of secrets'),
    waitsFor: z
      .object({
        reason: z.enum(['hosts', 'window', 'others']),
        hosts: z.array(z.string()).optional(),
        jobs: z.array(z.string()).optional(),
        until: time.optional(),
      })
      .nullable(),
    createdAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    createdBy: z.string(),
    reason: z.string(),
    parent: z.string().nullable().describe('Job that it repeats, or whose plan it carries out'),
    schedule: z.string().nullable(),
    canApprove: z.boolean().describe('It is a check that found something to do: just that can be carried out'),
    cancelled: z.boolean().describe('It was told to end'),
  })
  .meta({ id: 'Job' });

export const jobQuery = pageQuery.extend({
  state: z.enum(['queued', 'waiting', 'running', 'stopping', 'done', 'open']).optional(),
  kind: z.enum(askedKinds).optional(),
  host: plainText(255).optional(),
  registry: plainText(63).optional(),
  publication: plainText(320).optional().describe('`VENDOR/APP`'),
  format: exportFormat,
});

const zone = z.string().max(64).refine(isZone, { error: 'must be the name of a time zone: Europe/Berlin' });
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of the day: 22:00' });
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Time in which jobs may start. */
export const startWindow = z.strictObject({
  days: z.array(z.enum(weekdays)).min(1).max(7).describe('Days on which it begins'),
  from: clock,
  to: clock.describe('Before `from`: on the next day'),
});
export type StartWindow = z.output<typeof startWindow>;

const scheduleFields = {
  cron: plainText(100).describe(
    'Minute, hour, day of the month, month, day of the week; six fields have seconds before',
  ),
  zone: zone.describe('Time zone of `cron` and `window`'),
  jitter: z.int().min(0).max(86_400).describe('Seconds by which a start is put off at most, by chance'),
  window: startWindow.nullable().describe('Time in which its jobs may start; they wait for it. Null: any'),
  catchUp: z
    .enum(['none', 'one'])
    .describe('`one`: a start that was missed while the service was away is made up for, once'),
  enabled: z.boolean(),
};
const scheduleJob = z.strictObject({
  kind: z.enum(askedKinds).exclude(['withdraw']),
  ...runBody,
  ...upkeepBody,
});

export const newSchedule = z.strictObject({
  name: plainText(100).min(1),
  ...scheduleFields,
  zone: scheduleFields.zone.default('UTC'),
  jitter: scheduleFields.jitter.default(0),
  window: scheduleFields.window.default(null),
  catchUp: scheduleFields.catchUp.default('none'),
  enabled: scheduleFields.enabled.default(true),
  job: scheduleJob.omit({ secrets: true }).describe('Job that it adds. Secrets cannot be in it'),
});
export const scheduleChanges = z.strictObject({ ...scheduleFields, job: newSchedule.shape.job }).partial();

export const scheduleSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    cron: z.string(),
    zone: z.string(),
    jitter: z.number(),
    window: startWindow.nullable(),
    catchUp: z.enum(['none', 'one']),
    enabled: z.boolean(),
    job: z.record(z.string(), z.unknown()),
    nextAt: time.nullable(),
    lastAt: time.nullable(),
    lastJob: z.string().nullable(),
    createdBy: z.string(),
  })
  .meta({ id: 'Schedule' });

const hostWord = z.string().regex(/^(\*|((group|vendor):)?[^\s*,:&!/\\]{1,255})$/, {
  error: 'must be the name of a host, group:NAME, vendor:NAME, or *',
});

export const newJobGrant = z.strictObject({
  account: plainText(64).optional(),
  group: plainText(64).optional(),
  hosts: z
    .array(hostWord)
    .min(1)
    .max(1000)
    .describe('Names of hosts, `group:NAME`, `vendor:NAME` for what a vendor publishes, or `*` for all'),
  verbs: z.array(z.enum(jobVerbs)).min(1).max(jobVerbs.length),
});

export const jobGrantSchema = z
  .object({
    id: z.string(),
    account: z.string().nullable(),
    group: z.string().nullable(),
    hosts: z.array(z.string()),
    verbs: z.array(z.string()),
    createdAt: time,
    createdBy: z.string(),
  })
  .meta({ id: 'JobGrant' });

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
