import { directory, file, provision_program, service, systemd_timer, type TaskItem, user } from '../../src/index.js';
import { backupTimer, configFolder, unit, unitFile } from './service-files.js';
import type { ServiceVars } from './vars.js';

/** Returns the tasks that remove the service, with its secrets. What it keeps stays, and its user with it, unless asked. */
export function absentService(vars: ServiceVars): readonly TaskItem[] {
  const gone = { state: 'absent', force: true, recurse: true } as const;
  const { registry_service_registry: beside, registry_service_directory: folder } = vars;
  const kept = [folder, ...(beside?.directory === undefined ? [] : [beside.directory])];
  return [
    systemd_timer({ name: backupTimer, state: 'absent' }),
    service({ name: unit, state: 'stopped', enabled: false }),
    file({ path: unitFile, state: 'absent', force: true, backup: false }),
    directory({ path: configFolder, ...gone }),
    provision_program({ path: vars.registry_service_program, state: 'absent' }),
    ...(vars.registry_service_remove_data
      ? [
          ...kept.map((path) => directory({ path, ...gone })),
          user({ name: vars.registry_service_user, state: 'absent', force: true }),
        ]
      : []),
  ];
}
