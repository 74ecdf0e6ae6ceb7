import { z } from 'zod';
import { forceParams, needs } from '../../path/path-params.js';

const oneLine = z.string().regex(/^[^\n\r]*[^\n\r\\]$/, { error: 'must be one line, not ending in a backslash' });
const words = z
  .array(z.string().regex(/^[^\n\r]*$/, { error: 'must not hold line breaks' }))
  .min(1)
  .refine(([program = '']) => program.startsWith('/'), { error: 'must begin with the absolute path of a program' });

/** Parameters of `systemd_timer`. */
export const timerParams = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][\w@:.-]*(?<!\.(timer|service))$/, { error: 'must be the name of units, without .timer' })
      .describe('Name of both units, without `.timer`'),
    description: oneLine.optional().describe('Description of both units'),
    schedule: z
      .union([oneLine, z.array(oneLine).min(1)])
      .transform((given) => [given].flat())
      .optional()
      .describe('Schedule in the form of systemd.time(7): `daily`, `Sun 03:00`; several in a list'),
    command: words.optional().describe('Command to run, as words: `[/usr/bin/certbot, renew]`'),
    after_command: words
      .optional()
      .describe('Command to run when that has ended, even if it failed or was killed (`ExecStopPost`)'),
    user: oneLine.optional().describe('User that it runs as; root unless given'),
    timeout: z.int().min(1).optional().describe('Seconds that it may take; without limit unless given'),
    after: z.array(oneLine).default([]).describe('Units to start after (`After`)'),
    mounts: z.array(oneLine).default([]).describe('Paths that must be mounted for it (`RequiresMountsFor`)'),
    random_delay: z.int().min(0).default(0).describe('Maximum random delay, in seconds'),
    persistent: z.boolean().default(true).describe('Run it at once when the host was off at its time'),
    state: z.enum(['present', 'absent']).default('present').describe('`absent`: stopped and removed'),
    ...forceParams,
    needs,
  })
  .refine(({ state, schedule }) => state === 'absent' || schedule !== undefined, {
    error: 'schedule is missing',
    path: ['schedule'],
  })
  .refine(({ state, command }) => state === 'absent' || command !== undefined, {
    error: 'command is missing',
    path: ['command'],
  });

export type TimerParams = z.output<typeof timerParams>;
