import { z } from 'zod';

const host = { host: z.string(), play: z.string() };

/** Events of a run that say how a host is, with what is read of them (the whole: engine/events.ts). */
export const tellingEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('run-start'), check: z.boolean() }),
  z.object({ event: z.literal('host-unreachable'), ...host }),
  z.object({ event: z.literal('host-failed'), ...host, message: z.string(), hint: z.string().optional() }),
  z.object({
    event: z.literal('task-end'),
    ...host,
    role: z.string().optional(),
    task: z.string(),
    outcome: z.enum(['ok', 'changed', 'kept', 'skipped', 'failed', 'would-change', 'unknown']),
    summary: z.string(),
    hint: z.string().optional(),
    origin: z.enum(['unchanged', 'edited', 'leftover', 'follows']).optional(),
    diff: z.object({ label: z.string(), before: z.string(), after: z.string() }).optional(),
    rescued: z.literal(true).optional(),
    ignored: z.literal(true).optional(),
  }),
]);
export type TellingEvent = z.output<typeof tellingEvent>;
