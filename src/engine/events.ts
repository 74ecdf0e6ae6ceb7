import { z } from 'zod';

/*
 * The events of a run, one a line under `--output json`. The schemas are the contract: fields are added, never removed
 * or given another meaning.
 */

export const diffSchema = z.object({
  label: z.string().describe('name of the file, or of what else differs'),
  before: z.string(),
  after: z.string(),
});

/** Outcome of a task. `would-change` and `unknown` occur in check mode only. */
export const outcomeSchema = z.enum(['ok', 'changed', 'kept', 'skipped', 'failed', 'would-change', 'unknown']);
export type Outcome = z.infer<typeof outcomeSchema>;

const time = z.string().describe('time of the event: ISO 8601, UTC');
const check = z.boolean().describe('true in check mode');
const play = z.string().describe('name of the play');
const names = z.array(z.string()).describe('names of the hosts');
const onHost = { host: z.string().describe('name of the host in the inventory'), play };
const perHost = () => z.record(z.string(), countsSchema.extend({ seconds: z.number() }));
const ofTask = {
  ...onHost,
  role: z.string().optional().describe('role that the task belongs to'),
  task: z.string().describe('name of the task'),
  delegate: z.string().optional().describe('host that the task runs on, where that is another one'),
  index: z.number().describe("number of the task within the host's run, from 1"),
  handler: z.boolean().describe('true for a handler'),
};

/** Counts of a host's tasks, as in the recap. */
export const countsSchema = z.object({
  ok: z.number().describe('tasks that found or left the host as wanted, the changed ones included'),
  changed: z.number().describe('tasks that changed something, or would in check mode'),
  kept: z.number().describe('tasks that found a difference and left it, without force'),
  unknown: z.number().describe('tasks whose result check mode cannot know'),
  unreachable: z.number().describe('1 where the host could not be reached'),
  failed: z.number().describe('tasks that failed'),
  skipped: z.number().describe('tasks that a condition left out'),
  rescued: z.number().describe('failed tasks that a `rescue` handled'),
  ignored: z.number().describe('failed tasks whose errors are ignored'),
});
export type Counts = z.infer<typeof countsSchema>;

export const eventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('run-start').describe('the first event of a run'),
    time,
    check,
    hosts: names,
  }),
  z.object({
    event: z.literal('play-start').describe('a play begins'),
    time,
    play,
    hosts: names,
  }),
  z.object({ event: z.literal('host-start').describe('a host begins a play'), time, ...onHost }),
  z.object({
    event: z.literal('host-facts').describe('facts of a host'),
    time,
    ...onHost,
    facts: z.record(z.string(), z.unknown()).describe('facts by name'),
  }),
  z.object({ event: z.literal('task-start').describe('a task begins on a host'), time, ...ofTask }),
  z.object({
    event: z.literal('task-line').describe('a line of progress of a task'),
    time,
    ...ofTask,
    line: z.string().describe('the line'),
  }),
  z.object({
    event: z.literal('task-retry').describe('a try did not give what `until` asks for; another follows'),
    time,
    ...ofTask,
    attempt: z.number().describe('number of the try that ended, from 1'),
    attempts: z.number().describe('number of tries that there may be'),
    summary: z.string().describe('result of that try'),
    delay: z.number().describe('seconds until the next'),
  }),
  z.object({
    event: z.literal('task-end').describe('the result of a task on a host'),
    time,
    ...ofTask,
    outcome: outcomeSchema.describe('result of the task'),
    summary: z.string().describe('what changed, would change or was kept; why it was skipped or failed'),
    hint: z.string().optional().describe('for `unknown`: what it depends on; for `kept` and `failed`: what to try'),
    origin: z
      .enum(['unchanged', 'edited', 'leftover', 'follows'])
      .optional()
      .describe(
        'for what was kept: `unchanged` since provision wrote it, `edited` since, or a `leftover`: an earlier run made it, and the site no longer names it; `follows`: it is as it was because something else was kept; left out where provision never wrote it',
      ),
    diff: diffSchema.optional().describe('difference in content, where there is one to show'),
    details: z.array(z.string()).optional().describe('lines for `-v`'),
    stdout: z.string().optional().describe('standard output of a script that failed'),
    stderr: z.string().optional().describe('standard error of a script that failed'),
    status: z.number().optional().describe('exit status of a script that failed'),
    skippedBecause: z.literal('root').optional().describe('`root`: skipped because --root was given'),
    rescued: z.literal(true).optional().describe('it failed, and a `rescue` lets the host go on'),
    ignored: z.literal(true).optional().describe('it failed, and its errors are ignored'),
    place: z
      .object({ file: z.string(), line: z.number(), column: z.number() })
      .optional()
      .describe('place where the task is written'),
    seconds: z.number().describe('time that the task took'),
  }),
  z.object({
    event: z.literal('host-unreachable').describe('a host could not be reached, or its connection was lost'),
    time,
    ...onHost,
    problem: z.string().describe('kind of the problem'),
    message: z.string().describe('the error'),
    hint: z.string().optional().describe('what to try'),
  }),
  z.object({
    event: z.literal('host-failed').describe('a host fails for a reason that is no task'),
    time,
    ...onHost,
    message: z.string().describe('the error'),
    hint: z.string().optional().describe('what to try'),
  }),
  z.object({
    event: z
      .literal('host-end')
      .describe('a host has no more to do in this play: it has finished, failed, or was unreachable'),
    time,
    ...onHost,
  }),
  z.object({
    event: z.literal('message').describe('a message of the run'),
    time,
    level: z.enum(['info', 'warning']).describe('how serious it is'),
    text: z.string().describe('the message'),
    host: z.string().optional().describe('host that it is about'),
  }),
  z.object({
    event: z.literal('run-end').describe('the last event of a run'),
    time,
    seconds: z.number().describe('time since run-start'),
    interrupted: z.boolean().describe('true when Ctrl-C ended the run'),
    hosts: perHost().describe('counts of tasks by host, and seconds that the host took'),
  }),
]);

export type RunEvent = z.infer<typeof eventSchema>;

/** Last document of `--output json`. */
export const reportSchema = z.object({
  report: z.literal(1).describe('version of this document'),
  check,
  exitStatus: z.number().describe('exit status of the command'),
  seconds: z.number().describe('time that the run took'),
  interrupted: z.boolean().describe('true when Ctrl-C ended the run'),
  stopped: z.literal(true).optional().describe('too many hosts had failed: others have not finished'),
  hosts: perHost().describe('counts of tasks by host, and seconds that the host took'),
});
export type RunReport = z.infer<typeof reportSchema>;
