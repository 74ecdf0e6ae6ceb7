import { z } from 'zod';
import { pageQuery, plainText, time } from './fields.js';

/** Difference that a look at a host found, as the event of its task has it: without secrets, long texts cut. */
export const driftTask = z
  .object({
    play: z.string(),
    role: z.string().nullable(),
    task: z.string(),
    outcome: z
      .enum(['would-change', 'unknown', 'kept', 'failed'])
      .describe(
        '`would-change`: a run changes it; `unknown`: it depends on such a change; `kept`: a run leaves it without force; `failed`: it could not be looked at, or not be changed',
      ),
    summary: z.string(),
    hint: z.string().nullable().describe('What to try'),
    origin: z
      .enum(['unchanged', 'edited', 'leftover', 'follows'])
      .nullable()
      .describe('Of what was kept: nobody has edited it since, somebody has, the site no longer names it'),
    diff: z
      .object({ label: z.string().describe('Name of the file'), before: z.string(), after: z.string() })
      .nullable()
      .describe('What is there, and what the site says'),
    cut: z.boolean().describe('Its texts were longer'),
  })
  .meta({ id: 'DriftTask' });

/** State of a host, or of a registry, beside what the site says. */
export const driftSchema = z
  .object({
    state: z.enum(['as-wanted', 'differs', 'unknown']),
    since: time.nullable().describe('Since when it is in this state; null: it was never looked at'),
    differsSince: time
      .nullable()
      .describe('Since when it differs, as far as is known: it stays while a host cannot be reached'),
    lookedAt: time.nullable().describe('Last look that said how it is'),
    reason: z
      .enum(['never', 'unreachable', 'failed'])
      .nullable()
      .describe('Reason for which it is not known: nobody has looked, it could not be reached, the look failed'),
    count: z.int().describe('Tasks that found a difference at the last look'),
    job: z.string().nullable().describe('Job that found it so'),
  })
  .meta({ id: 'Drift' });

/** {@link driftSchema}, with what differs. */
export const driftWithTasks = driftSchema
  .extend({ tasks: z.array(driftTask).describe('What differs: the first of `count`') })
  .meta({ id: 'DriftWithTasks' });

/** Drift of a registry: what `registries.yaml` says, what its host was last found to have, what is different. */
export const registryDrift = driftSchema
  .extend({
    wanted: z.record(z.string(), z.unknown()).describe('Fields of the registry as `registries.yaml` has them'),
    measured: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('Fields that its host was last found to agree with; null: not known'),
    measuredAt: time.nullable(),
    difference: z
      .array(z.object({ field: z.string(), wanted: z.unknown(), measured: z.unknown() }))
      .describe('Fields that were changed in the file since then; null: it has none'),
    tasks: z.array(driftTask).describe('What differs on the host. Empty in lists: ask for the registry'),
  })
  .meta({ id: 'RegistryDrift' });

/** Host of the site, as answers have it. */
export const hostSchema = z
  .object({
    name: z.string(),
    groups: z.array(z.string()),
    result: z.string().nullable().describe('How the last job that was there found or left it'),
    resultAt: time.nullable(),
    job: z.string().nullable(),
    drift: driftSchema,
  })
  .meta({ id: 'Host' });

/** {@link hostSchema}, with what differs. */
export const shownHost = hostSchema.extend({ drift: driftWithTasks }).meta({ id: 'HostWithDrift' });

/** Host that differs, or of which nothing is known. */
export const driftedHost = driftWithTasks
  .extend({
    host: z.string(),
    registries: z.array(z.string()).describe('Registries of `registries.yaml` on it that differ'),
  })
  .meta({ id: 'DriftedHost' });

export const driftQuery = pageQuery.extend({
  state: z.enum(['differs', 'unknown', 'as-wanted']).default('differs'),
  host: plainText(255).optional(),
});

/** Options of a plan. */
export const newPlan = z
  .strictObject({
    force: z.boolean().default(false).describe('Plan changes of what exists and differs, too'),
    update: z.boolean().default(false).describe('Plan updates of what provision wrote and nobody has edited since'),
    prune: z.boolean().default(false).describe('Plan the removal of what the site no longer names'),
    reason: plainText(500).default(''),
  })
  .prefault({});

/** Content of a plan. */
export const planSchema = z
  .object({
    job: z.string(),
    complete: z.boolean().describe('The check has ended: nothing is added any more'),
    canApprove: z.boolean().describe('It can be carried out as it is'),
    stale: z.string().nullable().describe('Why it is refused by now; null: no change since is known'),
    hosts: z.array(
      z.object({
        host: z.string(),
        result: z.string().nullable().describe('Null: not yet'),
        count: z.int(),
        tasks: z.array(driftTask).describe('The first of `count`'),
      }),
    ),
    changed: z
      .array(
        z.object({
          host: z.string(),
          task: z.string(),
          planned: z.string().nullable().describe('Null: it was not in the plan'),
          found: z.string().nullable().describe('Null: there is nothing to do any more'),
        }),
      )
      .describe('Of a job that was to carry out a plan and did not: what had changed since'),
  })
  .meta({ id: 'Plan' });
