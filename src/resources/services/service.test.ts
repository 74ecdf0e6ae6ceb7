import { describe, expect, it } from 'vitest';
import { planFrom } from '../../../test/kit/converge-locally.js';
import { service } from './service.js';

const unit = (changes: Record<string, string> = {}) =>
  Object.entries({
    Type: 'notify',
    Result: 'success',
    LoadState: 'loaded',
    ActiveState: 'active',
    UnitFileState: 'enabled',
    CanReload: 'no',
    NeedDaemonReload: 'no',
    InactiveEnterTimestamp: '',
    ...changes,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

const started = service({ name: 'x', state: 'started', enabled: true });
const stopped = service({ name: 'x', state: 'stopped', enabled: false });

describe('service, by systemd', () => {
  it.each([
    ['runs', started, {}, { verdict: 'ok' }],
    ['is over', started, { ActiveState: 'inactive' }, { verdict: 'change', summary: 'inactive -> started' }],
    [
      'has failed',
      started,
      { ActiveState: 'failed', UnitFileState: 'disabled' },
      { summary: 'enabled, failed -> started' },
    ],
    ['comes and goes', started, { ActiveState: 'activating' }, { summary: 'activating -> started' }],
    ['is static', started, { UnitFileState: 'static' }, { verdict: 'ok' }],
    ['is enabled until the next boot', started, { UnitFileState: 'enabled-runtime' }, { summary: 'enabled' }],
    ['is a script that is enabled', started, { UnitFileState: 'generated', Enabled: 'enabled' }, { verdict: 'ok' }],
    ['is a script that is not', started, { UnitFileState: 'generated', Enabled: 'disabled' }, { summary: 'enabled' }],
    [
      'has done its work',
      started,
      { Type: 'oneshot', ActiveState: 'inactive', InactiveEnterTimestamp: 'Mon 2026-01-05' },
      { verdict: 'ok' },
    ],
    [
      'stays up after its work, and was stopped, as nfs-server',
      started,
      { Type: 'oneshot', RemainAfterExit: 'yes', ActiveState: 'inactive', InactiveEnterTimestamp: 'Mon 2026-01-05' },
      { summary: 'inactive -> started' },
    ],
    [
      'has its work before it',
      started,
      { Type: 'oneshot', ActiveState: 'inactive' },
      { summary: 'inactive -> started' },
    ],
    [
      'is masked',
      started,
      { LoadState: 'masked', UnitFileState: 'masked' },
      { verdict: 'refused', message: 'x is masked' },
    ],
    [
      'is not there',
      started,
      { LoadState: 'not-found', ActiveState: 'inactive', UnitFileState: '' },
      { uncertain: 'there is no service x' },
    ],
    [
      'is not there, as it should be',
      stopped,
      { LoadState: 'not-found', ActiveState: 'inactive', UnitFileState: '' },
      { verdict: 'ok' },
    ],
    ['runs, though it should not', stopped, {}, { verdict: 'change', summary: 'disabled, active -> stopped' }],
    [
      'has failed, which is as good as stopped',
      stopped,
      { ActiveState: 'failed', UnitFileState: 'disabled' },
      { verdict: 'ok' },
    ],
    [
      'can not reload',
      service({ name: 'x', state: 'reloaded' }),
      {},
      { verdict: 'refused', hint: 'set state: restarted' },
    ],
    [
      'reloads',
      service({ name: 'x', state: 'reloaded' }),
      { CanReload: 'yes' },
      { verdict: 'change', summary: 'reloaded' },
    ],
    [
      'starts instead of reloading',
      service({ name: 'x', state: 'reloaded' }),
      { ActiveState: 'inactive' },
      { summary: 'started' },
    ],
    [
      'is to be read again',
      service({ name: 'x', daemon_reload: true }),
      { NeedDaemonReload: 'yes' },
      { summary: 'unit files reloaded' },
    ],
    ['has been read', service({ name: 'x', daemon_reload: true }), {}, { verdict: 'ok' }],
  ])('%s', (_, task, changes, plan) => {
    expect(planFrom(task, unit(changes))).toMatchObject(plan);
  });

  it('is judged by whether it runs after an action', () => {
    const plan = planFrom(service({ name: 'x', state: 'restarted' }), unit());
    const host = { status: 0, stdout: '', stderr: '' };
    const state = (active: string) => ({
      exists: true,
      masked: false,
      active,
      enabled: true,
      canReload: false,
      stale: false,
      ended: false,
    });
    if (plan.verdict !== 'change' || plan.verify === undefined) throw new Error('no action');
    expect(plan.verify(state('active'), host)).toBeUndefined();
    expect(plan.verify(state('failed'), host)).toBe('failed -> started');
  });
});

describe('service, by scripts of /etc/init.d', () => {
  const facts = { service_manager: 'sysvinit' } as const;
  it.each([
    ['script yes\nstatus 0\nenabled yes\n', { verdict: 'ok' }],
    ['script yes\nstatus 3\n', { verdict: 'change', summary: 'enabled, inactive -> started' }],
    ['status 4\n', { verdict: 'change', uncertain: 'there is no service x' }],
  ])('%j', (listed, plan) => {
    expect(planFrom(started, listed, { facts })).toMatchObject(plan);
  });
  it('is refused where nothing manages services', () => {
    expect(planFrom(started, '', { facts: { service_manager: 'none' } })).toMatchObject({ verdict: 'refused' });
  });
});
