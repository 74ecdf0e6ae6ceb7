import { defineResource } from '../../../model/define-resource.js';
import type { HostContext, Plan, Reply, Resource } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { keptText, mayUpdate } from '../../content/kept-content.js';
import type { ServiceState } from '../service-manager.js';
import { systemd } from '../systemd.js';
import {
  parseUnitFiles,
  probeUnitFiles,
  type UnitFile,
  unitDiff,
  unitDifferences,
  unitOrigin,
  unitTexts,
  writeUnitFile,
} from '../unit-files.js';
import { type TimerParams, timerParams } from './systemd-timer-params.js';
import { timerFiles } from './timer-files.js';

interface TimerState {
  readonly written: readonly (string | undefined)[];
  readonly timer: ServiceState;
}

/**
 * Job that systemd runs on a schedule: a timer and the service that it starts.
 *
 * @example systemd_timer({ name: 'renew', schedule: 'daily', command: ['/usr/bin/certbot', 'renew'], random_delay: 3600 })
 */
export const systemd_timer = defineResource({
  kind: 'systemd_timer',
  summary: 'A job that systemd runs on a schedule',
  params: timerParams,
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
    return { verdict: 'refused', message: 'this host has no systemd', hint: 'use `cron` there' };
  }
  const name = `${params.name}.timer`;
  if (params.state === 'absent') return planAbsent(written, name, files);
  if (timer.masked) return { verdict: 'refused', message: `${name} is masked`, hint: `systemctl unmask '${name}'` };
  const differences = unitDifferences(written, files);
  const overwritten = differences.filter(({ before }) => before !== undefined);
  const origin = unitOrigin(overwritten, host);
  if (overwritten.length > 0 && !mayUpdate(params, host, origin)) {
    const paths = overwritten.map(({ path }) => path).join(' and ');
    return { verdict: 'kept', ...keptText(`${paths} exists and differs`, params, origin), ...unitDiff(overwritten) };
  }
  const summary = [
    ...(overwritten.length > 0 ? ['replaced'] : differences.length > 0 ? ['created'] : []),
    ...(differences.length === 0 && timer.stale ? ['units reloaded'] : []),
    ...(timer.enabled === true ? [] : ['enabled']),
    ...(timer.active === 'active' ? [] : ['started']),
  ].join(', ');
  if (summary === '') return { verdict: 'ok' };
  const script = joinSh([
    ...(differences.length > 0 ? [checkSchedule(params)] : []),
    ...differences.map(writeUnitFile),
    // systemd reads its units once, after both changes.
    sh`systemctl -q --no-reload enable -- ${name} && systemctl daemon-reload || exit`,
    sh`systemctl ${differences.length > 0 ? 'restart' : 'start'} -- ${name}`,
  ]);
  const writes = unitTexts(differences);
  return { verdict: 'change', summary, apply: { via: 'sh', script }, writes, ...unitDiff(differences) };
}

function planAbsent(written: TimerState['written'], name: string, files: readonly UnitFile[]): Plan<TimerState> {
  if (written.every((text) => text === undefined)) return { verdict: 'ok' };
  const script = sh`systemctl -q disable --now -- ${name}
rm -f ${files.map(({ path }) => path)} && systemctl daemon-reload`;
  return { verdict: 'change', summary: 'removed', apply: { via: 'sh', script } };
}

/** Checks the schedule before anything is written, where systemd can check it: version 236 and later. */
function checkSchedule({ schedule = [] }: TimerParams): Sh {
  const ask = schedule.map((each) => sh`systemd-analyze calendar -- ${each} >/dev/null || exit`);
  return sh`if systemd-analyze calendar daily >/dev/null 2>&1; then
${joinSh(ask)}
fi`;
}
