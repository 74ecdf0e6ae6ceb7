import { type TaskItem, template } from '../../src/index.js';
import { containerMounts } from './container-mounts.js';
import type { InstanceContext, RegistryInstance } from './instance.js';
import { validateConfig } from './validate-config.js';

/** The file that tells the registry what it is. */
export function configuration(
  instance: RegistryInstance,
  { role, when, installed, restart }: InstanceContext,
): TaskItem {
  const { runtime, vars } = instance;
  const inContainer = runtime === 'docker' || runtime === 'podman';
  return template({
    when,
    src: 'etc/docker/registry/config.yml.hbs',
    dest: instance.configPath,
    data: {
      storage_directory: inContainer ? '/var/lib/registry' : instance.storageDirectory,
      address: inContainer ? ':5000' : `${instance.address}:${instance.port}`,
      read_only: instance.readOnly,
      delete_enabled: instance.deleteEnabled,
      tls: instance.tls ?? false,
      htpasswd: instance.htpasswd ?? false,
      htpasswd_realm: vars.registry_htpasswd_realm,
    },
    force: instance.force,
    force_variable: 'docker_registry_setup_force',
    needs: [...installed],
    // A folder that is staged into has no registry that could try it out.
    ...(role.host.root === ''
      ? {
          validate: validateConfig(
            inContainer
              ? { engine: runtime, image: vars.registry_image, mounts: containerMounts(instance) }
              : { binary: instance.binary },
          ),
        }
      : {}),
    notify: restart,
  });
}
