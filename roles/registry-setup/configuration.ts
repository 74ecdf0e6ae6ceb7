import { type TaskItem, template } from '../../src/index.js';
import { containerMounts } from './container-mounts.js';
import type { InstanceContext, RegistryInstance } from './instance.js';
import { hasSecrets, inContainer, registryConfig } from './registry-config.js';
import { validateConfig } from './validate-config.js';

/** The file that tells the registry what it is. */
export function configuration(
  instance: RegistryInstance,
  { role, when, installed, restart }: InstanceContext,
): TaskItem {
  const { runtime, vars, distribution, user } = instance;
  const contained = inContainer(instance);
  const secret = hasSecrets(instance);
  return template({
    when,
    src: 'etc/docker/registry/config.yml.hbs',
    dest: instance.configPath,
    data: {
      config: registryConfig(instance),
      distribution: `${distribution.major}.x`,
      // For templates of a site's own, which may rather write it all out.
      storage_directory: contained ? '/var/lib/registry' : instance.storageDirectory,
      address: contained ? ':5000' : `${instance.address}:${instance.port}`,
      read_only: instance.readOnly,
      delete_enabled: instance.deleteEnabled,
      tls: instance.tls ?? false,
      htpasswd: instance.htpasswd ?? false,
      htpasswd_realm: vars.registry_htpasswd_realm,
    },
    ...(secret ? { secret, ...readableBy(user) } : {}),
    force: instance.force,
    force_variable: 'docker_registry_setup_force',
    needs: [...installed],
    // A folder that is staged into has no registry that could try it out.
    ...(role.host.root === ''
      ? {
          validate: validateConfig(
            contained
              ? { engine: runtime, image: vars.registry_image, mounts: containerMounts(instance) }
              : { binary: instance.binary },
            {
              distribution: distribution.said ? distribution.version : String(distribution.major),
              metrics: vars.registry_metrics !== undefined,
              network: vars.registry_proxy !== undefined,
            },
          ),
        }
      : {}),
    notify: restart,
  });
}

function readableBy(user: string | undefined): {
  readonly mode: string;
  readonly owner?: string;
  readonly group?: string;
} {
  return user === undefined ? { mode: '0600' } : { mode: '0640', owner: 'root', group: user };
}
