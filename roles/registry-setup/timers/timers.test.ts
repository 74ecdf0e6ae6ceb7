import { expect, it } from 'vitest';
import { vars } from '../vars.js';

const copies = { registry_backup_schedule: 'daily' };

it.each([
  [copies, 'registry_backup_directory', 'is missing: where copies go'],
  [
    { ...copies, registry_backup_directory: '/b', registry_inmemory: true },
    'registry_backup_schedule',
    'what is kept in inmemory is not copied from here',
  ],
  [
    { registry_runtime: 'embedded', registry_gc_schedule: 'daily' },
    'registry_gc_schedule',
    'is for registries of the distribution',
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
