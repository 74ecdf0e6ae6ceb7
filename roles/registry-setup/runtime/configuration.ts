import { type Task, type TaskItem, template } from '../../../src/index.js';
import type { InstanceContext, RegistryInstance } from '../instance/registry-instance.js';
import { containerMounts } from './container-mounts.js';
import { imageForPodman, isConfined } from './podman-unit.js';
import { authorityVariables } from './proxy-authority.js';
import { hasSecrets, inContainer, registryConfig } from './registry-config.js';
import { validateConfig } from './validate-config.js';

/** Returns the task that writes the registry's configuration. */
export function configuration(
  instance: RegistryInstance,
  { role, when, installed, restart }: InstanceContext,
): TaskItem {
  const { vars, distribution, user, runtime, only, unit } = instance;
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
    ...validation(instance, role),
    ...(runtime === 'package' && only ? { removal: stoppedRegistry(unit) } : {}),
    notify: restart,
  });
}

/** A package keeps its configuration: the registry is stopped, as `registry_state: absent` does. */
function stoppedRegistry(unit: string): NonNullable<Task['removal']> {
  return { kind: 'service', params: { name: unit, state: 'stopped', enabled: false } };
}

function readableBy(user: string | undefined): {
  readonly mode: string;
  readonly owner?: string;
  readonly group?: string;
} {
  return user === undefined ? { mode: '0600' } : { mode: '0640', owner: 'root', group: user };
}

/**
 * Returns the validation of the configuration. There is none with --root, which has no registry, or for another user.
 */
function validation(
  instance: RegistryInstance,
  { host, facts }: InstanceContext['role'],
): { readonly validate?: string } {
  const { runtime, vars, distribution, user, binary } = instance;
  if (host.root !== '' || (inContainer(instance) && user !== undefined)) return {};
  const options = [
    ...(isConfined(facts) ? ['--security-opt label=disable'] : []),
    ...containerMounts(instance).map((mount) => `--mount ${mount}`),
    ...authorityVariables(instance).map((each) => `-e ${each}`),
  ];
  const image = runtime === 'podman' ? imageForPodman(vars) : vars.registry_image;
  return {
    validate: validateConfig(inContainer(instance) ? { engine: runtime, image, options } : { binary }, {
      environment: inContainer(instance) ? [] : authorityVariables(instance),
      distribution: distribution.isExplicit ? distribution.version : String(distribution.major),
      metrics: vars.registry_metrics !== undefined,
      network: vars.registry_proxy !== undefined,
    }),
  };
}
