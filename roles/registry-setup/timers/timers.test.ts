import { expect, it } from 'vitest';
import { vars } from '../vars.js';

const copies = { registry_backup_schedule: 'daily' };

it.each([
  [copies, 'registry_backup_directory', 'is missing. Give the folder for the copies'],
  [
    { ...copies, registry_backup_directory: '/b', registry_inmemory: true },
    'registry_backup_schedule',
    'cannot be used with registry_inmemory: only a folder of the host is copied',
  ],
  [
    { registry_runtime: 'embedded', registry_gc_schedule: 'daily' },
    'registry_gc_schedule',
    'needs registry_runtime package, docker or podman',
  ],
  [{ registry_gc_schedule: 'daily\nx' }, 'registry_gc_schedule', 'must be a time of systemd: daily, Sun 03:00'],
])('refuses %o', (given, name, message) => {
  const issues = vars.safeParse(given).error?.issues.map(({ path, message }) => [path.join('.'), message]);
  expect(issues).toEqual([[name, message]]);
});

it.each([
  { registry_backup_schedule: 'never' },
  { ...copies, registry_backup_directory: '/b' },
])('takes %o', (given) => {
  expect(vars.safeParse(given).error).toBeUndefined();
});
