import { expect, it } from 'vitest';
import type { z } from 'zod';
import type { Facts } from '../../../src/index.js';
import { hostContext, planFrom } from '../../../test/kit/converge-locally.js';
import role from '../index.js';
import { vars } from '../vars.js';

const copies = { registry_backup_schedule: 'daily' };

it.each([
  [copies, 'registry_backup_directory', 'is missing. Give the folder for the copies'],
  [
    { ...copies, registry_backup_directory: '/b', registry_inmemory: true },
    'registry_backup_schedule',
    'cannot be used with registry_inmemory: only a folder of the host is copied',
  ],
  [{ registry_runtime: 'embedded', registry_gc_grace: '5m' }, 'registry_gc_grace', 'must be 10 minutes or more'],
  [
    { registry_runtime: 'embedded', registry_retention: { newest: 3 } },
    'registry_retention',
    'is applied when garbage is collected. Give registry_gc_schedule',
  ],
  [
    { registry_runtime: 'embedded', registry_gc_schedule: 'daily', registry_retention: {} },
    'registry_retention',
    'has no rule: give newest, younger_than, keep or deny',
  ],
  [
    { registry_runtime: 'embedded', registry_gc_schedule: 'daily', registry_retention: { keep: ['/v.*/'] } },
    'registry_retention.keep.0',
    'must be a pattern of tags: v1.*, [0-9]*, *-rc?',
  ],
  [
    { registry_gc_grace: '12h' },
    'registry_gc_grace',
    'needs registry_runtime: embedded. Remove it, or choose that runtime',
  ],
  [{ registry_gc_schedule: 'daily\nx' }, 'registry_gc_schedule', 'must be a time of systemd: daily, Sun 03:00'],
])('refuses %o', (given, name, message) => {
  const issues = vars.safeParse(given).error?.issues.map(({ path, message }) => [path.join('.'), message]);
  expect(issues).toEqual([[name, message]]);
});

it.each([
  { registry_backup_schedule: 'never' },
  { ...copies, registry_backup_directory: '/b' },
  { registry_runtime: 'embedded', registry_gc_schedule: 'daily', registry_gc_grace: '12h' },
])('takes %o', (given) => {
  expect(vars.safeParse(given).error).toBeUndefined();
});

const flags = { force: false, sync: undefined, check: false };

function jobsOf(given: z.input<typeof vars>, facts: Partial<Facts>, kind: string) {
  const host = hostContext({ facts });
  const context = { vars: vars.parse(given), facts: host.facts, host, flags, inventoryHostname: 'reg1' };
  return role.tasks(context).filter((item) => item.kind === 'task' && item.name.startsWith(`${kind} `));
}

const timersOf = (given: z.input<typeof vars>) => jobsOf(given, { uid: 0 }, 'systemd_timer');

it('garbage of the embedded registry could not be collected on a schedule', () => {
  const embedded = { registry_runtime: 'embedded', registry_storage_directory: '/srv/images' } as const;
  const [timer, ...others] = timersOf({
    ...embedded,
    registry_gc_schedule: 'Sun 03:00',
    registry_gc_delete_untagged: true,
    registry_gc_grace: '12h',
    registry_retention: { newest: 5, younger_than: '30d', keep: ['v1.*', '-x'], allow_empty: true },
  });
  if (timer?.kind !== 'task') expect.fail('there is no timer');
  const plan = planFrom(timer, 'end yes\nLoadState=not-found\nActiveState=inactive\n');
  const script = plan.verdict === 'change' && plan.apply.via === 'sh' ? plan.apply.script.script : '';
  expect(script).toContain(
    'ExecStart=/usr/bin/env node /usr/local/lib/provision/registry/program/registry/server/main.js gc --dir /srv/images --gc-delete-untagged --gc-grace 43200 --retain-newest=5 --retain-younger-than=2592000 "--retain-keep=v1.*" --retain-keep=-x --retain-allow-empty',
  );
  expect(others).toEqual([]);
  expect(timersOf(embedded)).toEqual([]);
  for (const more of [
    { registry_gc_schedule: 'never' },
    { registry_gc_schedule: 'daily', registry_read_only: true },
    { registry_state: 'absent' as const },
  ]) {
    const [gone] = timersOf({ ...embedded, ...more });
    if (gone?.kind !== 'task') expect.fail('it is not removed');
    expect(planFrom(gone, 'end yes\nLoadState=not-found\n')).toEqual({ verdict: 'ok' });
  }
});

const embedded = { registry_runtime: 'embedded', registry_storage_directory: '/srv/images' } as const;

it.each([
  [{ uid: 0, service_manager: 'none' }, '0 3 * * sun root PATH='],
  [{ uid: 1000, user: 'ops', service_manager: 'systemd' }, '0 3 * * sun PATH='],
] as const)('a host without systemd, or a user who is not root, had no collection by schedule: %o', (facts, line) => {
  const given = { ...embedded, registry_gc_schedule: 'Sun 03:00', registry_retention: { deny: ['a%b'] } };
  expect(jobsOf(given, facts, 'systemd_timer')).toEqual([]);
  const [job, ...others] = jobsOf(given, facts, 'cron');
  if (job?.kind !== 'task') expect.fail('there is no job');
  const plan = planFrom(job, `${facts.uid === 0 ? '' : 'crontab \n'}end yes\ndaemon yes\n`);
  const text = plan.verdict === 'change' ? String(plan.diff?.after) : '';
  expect(text).toContain(line);
  expect(text).toContain("main.js gc --dir /srv/images '--retain-deny=a\\%b' > /dev/null\n");
  expect(others).toEqual([]);
});

it('a schedule that cron does not know was none, on a host that has cron alone', () => {
  const facts = { uid: 0, service_manager: 'none' } as const;
  const [refused] = jobsOf({ ...embedded, registry_gc_schedule: '2027-01-01 03:00' }, facts, 'schedule');
  if (refused?.kind !== 'task') expect.fail('it is not refused');
  expect(planFrom(refused, '')).toEqual({
    verdict: 'refused',
    message:
      'registry_gc_schedule: cron has no time like 2027-01-01 03:00, and this host has no systemd. Give daily, weekly, Sun 03:00 or *-*-1 02:30',
  });
});
