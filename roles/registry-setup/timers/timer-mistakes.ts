import type { RegistryInstance } from '../instance/instance.js';
import type { SettingMistake } from '../setting-mistakes.js';

/** What can't be done from time to time. */
export function timerMistakes({ vars, runtime, driver, user }: RegistryInstance): readonly SettingMistake[] {
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
