import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Reply, Resource } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { forceHint, isForced } from '../content/kept-content.js';
import { force, forceVariable, needs } from '../path/path-params.js';
import type { ServiceState } from './service-manager.js';
import { systemd } from './systemd.js';
import { timerFiles } from './timer-files.js';
import {
  parseUnitFiles,
  probeUnitFiles,
  type UnitFile,
  unitDiff,
  unitDifferences,
  writeUnitFile,
} from './unit-files.js';

const oneLine = z.string().regex(/^[^\n\r]*[^\n\r\\]$/, { error: 'must be one line, not ending in a backslash' });
const words = z
  .array(z.string().regex(/^[^\n\r]*$/, { error: 'must not hold line breaks' }))
  .min(1)
  .refine(([program = '']) => program.startsWith('/'), { error: 'must begin with the absolute path of a program' });

const params = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][\w@:.-]*(?<!\.(timer|service))$/, { error: 'must be the name of units, without .timer' })
      .describe('Name of both units, without `.timer`'),
    description: oneLine.optional().describe('What it is for'),
    schedule: z
      .union([oneLine, z.array(oneLine).min(1)])
      .transform((given) => [given].flat())
      .optional()
      .describe('When, as systemd.time(7) has it: `daily`, `Sun 03:00`; several in a list'),
    command: words.optional().describe('What is run, as words: `[/usr/bin/certbot, renew]`'),
    after_command: words
      .optional()
      .describe('What is run when that has ended, however it ended: also when it was killed (`ExecStopPost`)'),
    user: oneLine.optional().describe('Who it runs as; root unless given'),
    timeout: z.int().min(1).optional().describe('Seconds it may take; without limit unless given'),
    after: z.array(oneLine).default([]).describe('Units that come first where they start too'),
    mounts: z.array(oneLine).default([]).describe('Paths that must be mounted for it (`RequiresMountsFor`)'),
    random_delay: z.int().min(0).default(0).describe('Put off by up to so many seconds, by chance'),
    persistent: z.boolean().default(true).describe('Run it at once when its time passed while the host was off'),
    state: z.enum(['present', 'absent']).default('present').describe('`absent`: stopped and removed'),
    force,
    force_variable: forceVariable,
    needs,
  })
  .refine(({ state, schedule }) => state === 'absent' || schedule !== undefined, {
    error: 'schedule is missing: when it is run',
    path: ['schedule'],
  })
  .refine(({ state, command }) => state === 'absent' || command !== undefined, {
    error: 'command is missing: what is run',
    path: ['command'],
  });

export type TimerParams = z.output<typeof params>;

interface TimerState {
  readonly written: readonly (string | undefined)[];
  readonly timer: ServiceState;
}

/**
 * Something done at certain times: a timer of systemd and the service that it starts.
 *
 * @example systemd_timer({ name: 'renew', schedule: 'daily', command: ['/usr/bin/certbot', 'renew'], random_delay: 3600 })
 */
export const systemd_timer = defineResource({
  kind: 'systemd_timer',
  summary: 'Something done at certain times, by systemd',
  params,
  create: (params): Resource<TimerState> => {
    const files = timerFiles(params);
    const paths = files.map(({ path }) => path);
    const timer = `${params.name}.timer`;
    return {
      kind: 'systemd_timer',
      id: params.name,
      provides: [`service:${timer}`, ...paths.map((path) => `path:${path}` as const)],
      needs: [...params.needs, `service:${timer}`],
      staging: 'skip',
      probe: () => joinSh([probeUnitFiles(paths), systemd.probe(timer)]),
      parse: (reply: Reply) => ({ written: parseUnitFiles(reply, paths), timer: systemd.parse(reply, timer) }),
      plan: (state, host) => plan(state, params, files, host),
      result: ({ timer: { exists, active, enabled } }) => ({ exists, active, enabled }),
    };
  },
});

function plan(
  { written, timer }: TimerState,
  params: TimerParams,
  files: readonly UnitFile[],
  host: HostContext,
): Plan<TimerState> {
  if (host.facts.service_manager !== 'systemd') {
    return { verdict: 'refused', message: 'there is no systemd on this host' };
  }
  const name = `${params.name}.timer`;
  if (params.state === 'absent') return planAbsent(written, name, files);
  if (timer.masked) return { verdict: 'refused', message: `${name} is masked`, hint: `systemctl unmask '${name}'` };
  const differences = unitDifferences(written, files);
  const overwritten = differences.filter(({ before }) => before !== undefined);
  if (overwritten.length > 0 && !isForced(params, host)) {
    const paths = overwritten.map(({ path }) => path).join(' and ');
    return {
      verdict: 'kept',
      summary: `${paths} exists and differs`,
      hint: forceHint(params),
      ...unitDiff(overwritten),
    };
  }
  const summary = [
    ...(overwritten.length > 0 ? ['replaced'] : differences.length > 0 ? ['created'] : []),
    ...(differences.length === 0 && timer.stale ? ['units read again'] : []),
    ...(timer.enabled === true ? [] : ['enabled']),
    ...(timer.active === 'active' ? [] : ['started']),
  ].join(', ');
  if (summary === '') return { verdict: 'ok' };
  const script = joinSh([
    ...(differences.length > 0 ? [understood(params)] : []),
    ...differences.map(writeUnitFile),
    sh`systemctl daemon-reload || exit`,
    sh`systemctl -q enable -- ${name} && systemctl ${differences.length > 0 ? 'restart' : 'start'} -- ${name}`,
  ]);
  return { verdict: 'change', summary, apply: { via: 'sh', script }, ...unitDiff(differences) };
}

function planAbsent(written: TimerState['written'], name: string, files: readonly UnitFile[]): Plan<TimerState> {
  if (written.every((text) => text === undefined)) return { verdict: 'ok' };
  const script = sh`systemctl -q disable --now -- ${name}
rm -f ${files.map(({ path }) => path)} && systemctl daemon-reload`;
  return { verdict: 'change', summary: 'removed', apply: { via: 'sh', script } };
}

/** Asked before anything is written, where systemd can be asked: version 236 and later. */
function understood({ schedule = [] }: TimerParams): Sh {
  const ask = schedule.map((each) => sh`systemd-analyze calendar -- ${each} >/dev/null || exit`);
  return sh`if systemd-analyze calendar daily >/dev/null 2>&1; then
${joinSh(ask)}
fi`;
}
