import { embedded_registry, type RoleContext, type TaskItem } from '../../../src/index.js';
import { absentSecrets } from '../absent.js';
import { accountTasks } from '../accounts/accounts.js';
import type { RegistryInstance } from '../instance/registry-instance.js';
import { absentTimers, timerTasks } from '../timers/timers.js';
import { tlsTasks } from '../tls/tls.js';
import { secondsOf } from '../vars/embedded.js';
import type { RegistryVars } from '../vars/role-vars.js';

/** Returns the tasks of the embedded registry. */
export function embeddedRegistry(instance: RegistryInstance, role: RoleContext<RegistryVars>): readonly TaskItem[] {
  const { vars, name, only, tls, htpasswd } = instance;
  const context = { role, when: () => true, installed: [] };
  return [
    // It reads these again when they change.
    ...(instance.state === 'present' ? [...tlsTasks(instance, context), ...accountTasks(instance, context)] : []),
    embedded_registry({
      title: only ? 'the registry' : name,
      name,
      state: instance.state,
      directory: instance.storageDirectory,
      address: instance.address,
      port: instance.port,
      read_only: instance.readOnly,
      delete_enabled: instance.deleteEnabled,
      force: instance.force,
      remove_images: vars.registry_remove_images,
      sparse_indexes: vars.registry_sparse_indexes,
      ...(vars.registry_metrics_path === undefined ? {} : { metrics_path: vars.registry_metrics_path }),
      ...(vars.registry_max_manifest_size === undefined ? {} : { max_manifest_size: vars.registry_max_manifest_size }),
      ...(vars.registry_gc_grace === undefined ? {} : { gc_grace: secondsOf(vars.registry_gc_grace) }),
      ...(vars.registry_scrub_rate === undefined ? {} : { scrub_rate: vars.registry_scrub_rate }),
      ...(vars.registry_home === undefined ? {} : { home: vars.registry_home }),
      ...(htpasswd === undefined ? {} : { htpasswd }),
      ...(tls === undefined ? {} : { tls }),
    }),
    ...(instance.state === 'absent'
      ? [...(mayHaveTimers(role) ? absentTimers(instance) : []), absentSecrets(instance, role)]
      : timerTasks(instance, context)),
  ];
}

function mayHaveTimers({ facts }: RoleContext<RegistryVars>): boolean {
  return facts.uid === 0 && facts.service_manager === 'systemd';
}
