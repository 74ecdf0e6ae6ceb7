import type { RegistryInstance } from '../instance/registry-instance.js';
import type { SettingError } from './setting-error.js';

/** Returns the errors of `registry_gc_schedule` and the backup variables. */
export function timerErrors({ vars, runtime, driver, user }: RegistryInstance): readonly SettingError[] {
  const { registry_gc_schedule: gc, registry_backup_schedule: backup, registry_backup_directory: directory } = vars;
  const copies = backup !== undefined && backup !== 'never';
  const checks: readonly (readonly [boolean, string, string])[] = [
    [runtime === 'embedded' && gc !== undefined, 'gc_schedule', 'is for registries of the distribution'],
    [
      runtime === 'podman' && user !== undefined && gc !== undefined,
      'gc_schedule',
      "is for root's podman: that of a user is collected with `provision registry gc`",
    ],
    [runtime === 'embedded' && copies, 'backup_schedule', 'is for registries of the distribution'],
    [copies && directory === undefined, 'backup_directory', 'is missing: where copies go'],
    [copies && driver !== 'filesystem', 'backup_schedule', `what is kept in ${driver} is not copied from here`],
  ];
  return checks.filter(([wrong]) => wrong).map(([, name, message]) => ({ path: [name], message }));
}
