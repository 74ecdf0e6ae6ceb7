import { describe, expect, it, test } from 'vitest';
import { planFrom } from '../../../../test/kit/converge-locally.js';
import { systemd_timer } from './systemd-timer.js';
import { timerFiles } from './timer-files.js';

const params = {
  name: 'registry-backup',
  description: 'Backup, 100% of it',
  schedule: 'Sun 03:00',
  command: ['/usr/local/bin/backup', '/srv/a b', '$HOME', ''],
  after_command: ['/usr/bin/true'],
  after: ['docker.service'],
  mounts: ['/srv/a b'],
  random_delay: 600,
};

const [service = '', timer = ''] = timerFiles(systemd_timer.params.parse(params)).map(({ text }) => text);

test('the two units', () => {
  expect(`${service}---\n${timer}`).toMatchInlineSnapshot(`
    "# Managed by provision.
    [Unit]
    Description=Backup, 100%% of it
    After=docker.service
    RequiresMountsFor="/srv/a b"

    [Service]
    Type=oneshot
    ExecStart=/usr/local/bin/backup "/srv/a b" "$$HOME" ""
    ExecStopPost=/usr/bin/true
    ---
    # Managed by provision.
    [Unit]
    Description=Backup, 100%% of it

    [Timer]
    OnCalendar=Sun 03:00
    RandomizedDelaySec=600
    Persistent=true

    [Install]
    WantedBy=timers.target
    "
  `);
});

const file = (index: number, text: string) => `unit${index} ${Buffer.from(text).toString('base64')}\n`;
const both = `${file(0, service)}${file(1, timer)}end yes\n`;
const active = 'LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNeedDaemonReload=no\n';

describe('systemd_timer', () => {
  it.each([
    ['all is there', `${both}${active}`, { verdict: 'ok' }],
    [
      'nothing is there',
      'end yes\nLoadState=not-found\nActiveState=inactive\n',
      { summary: 'created, enabled, started' },
    ],
    [
      'it was stopped',
      `${both}LoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\n`,
      { summary: 'started' },
    ],
    [
      'one differs',
      `${file(0, service)}${file(1, '[Timer]\n')}end yes\n${active}`,
      { verdict: 'kept', summary: '/etc/systemd/system/registry-backup.timer exists and differs' },
    ],
    ['it is masked', `${both}LoadState=masked\nActiveState=inactive\n`, { verdict: 'refused' }],
  ])('%s', (_, printed, plan) => {
    expect(planFrom(systemd_timer(params), printed)).toMatchObject(plan);
  });

  it('goes', () => {
    const gone = systemd_timer({ name: 'registry-backup', state: 'absent' });
    expect(planFrom(gone, `${both}${active}`)).toMatchObject({ summary: 'removed' });
    expect(planFrom(gone, 'end yes\nLoadState=not-found\nActiveState=inactive\n')).toEqual({ verdict: 'ok' });
  });

  it.each([
    [{ ...params, name: 'x.timer' }, 'must be the name of units, without .timer'],
    [{ ...params, command: ['backup'] }, 'must begin with the absolute path of a program'],
    [{ ...params, schedule: 'daily\n[Service]' }, 'must be one line, not ending in a backslash'],
    [{ name: 'x' }, 'schedule is missing'],
  ])('refuses %o', (given, message) => {
    expect(systemd_timer.params.safeParse(given).error?.message).toContain(message);
  });
});
