import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, converge, planFrom } from '../../../test/kit/converge-locally.js';
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
it('a unit whose first start failed is not left enabled', () => {
  const plan = planFrom(started, unit({ ActiveState: 'inactive', UnitFileState: 'disabled' }));
  const script = plan.verdict === 'change' && plan.apply.via === 'sh' ? plan.apply.script.script : '';
  expect(script).toMatch(/systemctl start -- x \|\| fail\nsettled\nsystemctl -q enable -- x/);
});

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

describe('a unit that systemd does not call disabled', () => {
  /** A systemctl whose units are files of a folder; enabling what is indirect enables the units of its Also. */
  const standIn = `#!/bin/sh
cd "$(dirname "$0")"; verb=$1; for name; do :; done; file=units/\${name%.service}
state() { if [ -e "on/$1" ]; then echo enabled; else sed -n 's/^# //p' "units/$1"; fi; }
case "$*" in
show*) printf 'LoadState=loaded\nActiveState=active\nUnitFileState=%s\n' "$(state "\${name%.service}")" ;;
cat*) cat "$file" ;;
is-enabled*) state "\${name%.service}" ;;
*enable*) echo "$*" >>log; also=$(sed -n 's/^Also=//p' "$file"); : >"on/\${also:-\${name%.service}}"; cp "$file" "units/\${also:-\${name%.service}}" 2>/dev/null || : ;;
esac`;

  it.each([
    ['indirect', '# indirect\n[Install]\nAlso=tftp.socket\n', 'change'],
    ['linked', '# linked\n[Install]\nWantedBy=multi-user.target\n', 'change'],
    ['linked, with nothing to enable', '# linked\n[Service]\n', 'ok'],
    ['static', '# static\n[Install]\n', 'ok'],
  ])('is enabled once: %s', async (_, text, verdict) => {
    const folder = mkdtempSync(join(tmpdir(), 'provision-systemctl-'));
    try {
      for (const name of ['units', 'on']) mkdirSync(join(folder, name));
      writeFileSync(join(folder, 'systemctl'), standIn, { mode: 0o755 });
      writeFileSync(join(folder, 'units/tftp'), text);
      writeFileSync(join(folder, 'units/tftp.socket'), '# disabled\n');
      const way = ['env', `PATH=${folder}:${process.env.PATH}`];
      const task = service({ name: 'tftp', enabled: true });
      expect(await converge(task, { way })).toMatchObject({ plan: { verdict }, failure: undefined });
      expect(existsSync(join(folder, 'log'))).toBe(verdict === 'change');
      expect(await check(task, { way })).toEqual({ verdict: 'ok' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
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
