import { directory, packages, systemd_timer, type TaskItem } from '../../src/index.js';
import { backupTimer, configFile } from './service-files.js';
import type { ServiceVars } from './vars.js';

/** Returns the tasks of the timer that copies what the service keeps, as its own user and while it runs. */
export function backupTasks(vars: ServiceVars, osFamily: string): readonly TaskItem[] {
  const {
    registry_service_backup_directory: folder,
    registry_service_user: user,
    registry_service_database: database,
    registry_service_program: program,
    registry_service_force: force,
  } = vars;
  const schedule = vars.registry_service_backup_schedule ?? (database === undefined ? 'daily' : 'never');
  if (schedule === 'never') return [systemd_timer({ name: backupTimer, state: 'absent' })];
  const client = osFamily === 'redhat' ? 'postgresql' : 'postgresql-client';
  const keep = String(vars.registry_service_backup_keep);
  return [
    ...(database === undefined ? [] : [packages({ name: client })]),
    directory({ path: folder, owner: user, group: user, mode: '0700' }),
    systemd_timer({
      name: backupTimer,
      description: 'Backup of the service of registries',
      schedule,
      command: [
        ...[`${program}/bin/provision`, 'serve', '--config', configFile],
        ...['--backup', folder, '--backup-keep', keep],
      ],
      user,
      mounts: [folder],
      random_delay: 300,
      force,
      force_variable: 'registry_service_force',
      needs: [`path:${program}/bin/provision`, `user:${user}`],
    }),
  ];
}
