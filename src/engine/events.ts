import { z } from 'zod';

/*
 * The events of a run, one a line under `--output json`. The schemas are the contract: fields are added, never removed
 * or given another meaning.
 */

export const diffSchema = z.object({ label: z.string(), before: z.string(), after: z.string() });

/** Outcome of a task. `would-change` and `unknown` occur in check mode only. */
export const outcomeSchema = z.enum(['ok', 'changed', 'kept', 'skipped', 'failed', 'would-change', 'unknown']);
export type Outcome = z.infer<typeof outcomeSchema>;

const onHost = { host: z.string(), play: z.string() };
const ofTask = {
  ...onHost,
  role: z.string().optional(),
  task: z.string(),
  /** Host that the task runs on, where that is another one. */
  delegate: z.string().optional(),
  /** Number of the task within the host's run, from 1. */
  index: z.number(),
  handler: z.boolean(),
};

/** Counts of a host's tasks, as in the recap. */
export const countsSchema = z.object({
  ok: z.number().describe('tasks that found or left the host as wanted, the changed ones included'),
  changed: z.number(),
  kept: z.number(),
  unknown: z.number(),
  unreachable: z.number(),
  failed: z.number(),
  skipped: z.number(),
  rescued: z.number(),
  ignored: z.number(),
});
export type Counts = z.infer<typeof countsSchema>;

export const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('run-start'), time: z.string(), check: z.boolean(), hosts: z.array(z.string()) }),
  z.object({ event: z.literal('play-start'), time: z.string(), play: z.string(), hosts: z.array(z.string()) }),
  z.object({ event: z.literal('host-start'), time: z.string(), ...onHost }),
  z.object({ event: z.literal('host-facts'), time: z.string(), ...onHost, facts: z.record(z.string(), z.unknown()) }),
  z.object({ event: z.literal('task-start'), time: z.string(), ...ofTask }),
  z.object({ event: z.literal('task-line'), time: z.string(), ...ofTask, line: z.string() }),
  /** End of an attempt that is followed by another. */
  z.object({
    event: z.literal('task-retry'),
    time: z.string(),
    ...ofTask,
    /** Number of the attempt that ended, from 1, and the most that there may be. */
    attempt: z.number(),
    attempts: z.number(),
    /** Result of that attempt. */
    summary: z.string(),
    /** Seconds until the next. */
    delay: z.number(),
  }),
  z.object({
    event: z.literal('task-end'),
    time: z.string(),
    ...ofTask,
    outcome: outcomeSchema,
    /** The change that was made, would be made or was not made; the reason of a skip or failure. */
    summary: z.string(),
    /** For `unknown`: the things that it depends on. For `kept` and `failed`: the thing to try. */
    hint: z.string().optional(),
    diff: diffSchema.optional(),
    /** Lines for `-v`. */
    details: z.array(z.string()).optional(),
    /** Output of the script and its exit status: present when a script failed. */
    stdout: z.string().optional(),
    stderr: z.string().optional(),
    status: z.number().optional(),
    /** `root`: skipped because the resource does nothing below the folder of `--root`. */
    skippedBecause: z.literal('root').optional(),
    /** Set where the task failed and the host goes on: a `rescue` follows, or errors are ignored. */
    rescued: z.literal(true).optional(),
    ignored: z.literal(true).optional(),
    /** Place where the task was written. */
    place: z.object({ file: z.string(), line: z.number(), column: z.number() }).optional(),
    seconds: z.number(),
  }),
  z.object({
    event: z.literal('host-unreachable'),
    time: z.string(),
    ...onHost,
    problem: z.string(),
    message: z.string(),
    hint: z.string().optional(),
  }),
  z.object({
    event: z.literal('host-failed'),
    time: z.string(),
    ...onHost,
    message: z.string(),
    hint: z.string().optional(),
  }),
  /** End of the host's part in this play: it is done, has failed, or was unreachable. */
  z.object({ event: z.literal('host-end'), time: z.string(), ...onHost }),
  z.object({
    event: z.literal('message'),
    time: z.string(),
    level: z.enum(['info', 'warning']),
    text: z.string(),
    host: z.string().optional(),
  }),
  z.object({
    event: z.literal('run-end'),
    time: z.string(),
    /** Seconds from run-start. */
    seconds: z.number(),
    interrupted: z.boolean(),
    hosts: z.record(z.string(), countsSchema.extend({ seconds: z.number() })),
  }),
]);

export type RunEvent = z.infer<typeof eventSchema>;

/** Last document of `--output json`. */
export const reportSchema = z.object({
  report: z.literal(1).describe('version of this document'),
  check: z.boolean(),
  exitStatus: z.number(),
  seconds: z.number(),
  interrupted: z.boolean(),
  /** Set where too many hosts had failed: some of the others have not run all of their tasks. */
  stopped: z.literal(true).optional(),
  hosts: z.record(z.string(), countsSchema.extend({ seconds: z.number() })),
});
export type RunReport = z.infer<typeof reportSchema>;
