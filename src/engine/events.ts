import { z } from 'zod';

/*
 * What a run says of itself while it goes: one event a line under `--output json`. The schemas are the contract;
 * fields are added, never taken away or given another meaning.
 */

export const diffSchema = z.object({ label: z.string(), before: z.string(), after: z.string() });

/** How a task ended. `would-change` and `unknown` occur in check mode only. */
export const outcomeSchema = z.enum(['ok', 'changed', 'kept', 'skipped', 'failed', 'would-change', 'unknown']);
export type Outcome = z.infer<typeof outcomeSchema>;

const onHost = { host: z.string(), play: z.string() };
const ofTask = {
  ...onHost,
  role: z.string().optional(),
  task: z.string(),
  /** The host that it is done on, where that is another one. */
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
  /** A try did not give what `until` asks for; there will be another. */
  z.object({
    event: z.literal('task-retry'),
    time: z.string(),
    ...ofTask,
    /** Number of the try that was, from 1, and of all that there may be. */
    attempt: z.number(),
    attempts: z.number(),
    /** How that try ended. */
    summary: z.string(),
    /** Seconds until the next. */
    delay: z.number(),
  }),
  z.object({
    event: z.literal('task-end'),
    time: z.string(),
    ...ofTask,
    outcome: outcomeSchema,
    /** What changed, would change or was kept; why it was skipped or failed. */
    summary: z.string(),
    /** For `unknown`: what it depends on. For `kept` and `failed`: what to try. */
    hint: z.string().optional(),
    diff: diffSchema.optional(),
    /** Lines for `-v`. */
    details: z.array(z.string()).optional(),
    /** What the host said: present when a script failed. */
    stdout: z.string().optional(),
    stderr: z.string().optional(),
    status: z.number().optional(),
    /** It failed, but the host goes on: a `rescue` made it good, or its errors are ignored. */
    rescued: z.literal(true).optional(),
    ignored: z.literal(true).optional(),
    /** Where the task was written. */
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
  /** The host has no more to do in this play: it is through, has failed, or was unreachable. */
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

/** The last document of `--output json`. */
export const reportSchema = z.object({
  report: z.literal(1).describe('version of this document'),
  check: z.boolean(),
  exitStatus: z.number(),
  seconds: z.number(),
  interrupted: z.boolean(),
  /** Too many hosts had failed: not all of the others were got through. */
  stopped: z.literal(true).optional(),
  hosts: z.record(z.string(), countsSchema.extend({ seconds: z.number() })),
});
export type RunReport = z.infer<typeof reportSchema>;
