import type { RegistryInstance } from '../instance/registry-instance.js';
import type { SettingError } from './setting-error.js';

/** Returns the errors of `registry_gc_schedule` and the backup variables. */
export function timerErrors({ vars, runtime, driver, user }: RegistryInstance): readonly SettingError[] {
  const { registry_gc_schedule: gc, registry_backup_schedule: backup, registry_backup_directory: directory } = vars;
  const copies = backup !== undefined && backup !== 'never';
  const checks: readonly (readonly [boolean, string, string])[] = [
    [
      runtime === 'podman' && user !== undefined && gc !== undefined,
      'gc_schedule',
      "cannot be used with registry_user: use `provision registry gc` for a user's podman",
    ],
    [runtime === 'embedded' && copies, 'backup_schedule', 'needs registry_runtime package, docker or podman'],
    [
      vars.registry_retention !== undefined && (gc === undefined || gc === 'never'),
      'retention',
      'is applied when garbage is collected. Give registry_gc_schedule',
    ],
    [copies && directory === undefined, 'backup_directory', 'is missing. Give the folder for the copies'],
    [
      copies && driver !== 'filesystem',
      'backup_schedule',
      `cannot be used with registry_${driver}: only a folder of the host is copied`,
    ],
  ];
  return checks.filter(([wrong]) => wrong).map(([, name, message]) => ({ path: [name], message }));
}
