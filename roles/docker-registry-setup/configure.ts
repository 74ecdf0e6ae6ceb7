import {
  InputError,
  insecureRegistryError,
  packages,
  type RoleContext,
  service,
  type TaskItem,
  tasksOf,
} from '../../src/index.js';
import dockerConfig from '../docker-config/index.js';
import registrySetup from '../registry-setup/index.js';
import { type Addresses, undercloudPort } from './addresses.js';
import { openPort } from './open-port.js';
import type { HostCheck } from './undercloud/host-check.js';
import type { OlderRoleVars } from './vars.js';

type Context = RoleContext<OlderRoleVars>;

/** Returns the tasks of a registry on a host of its own: docker, the firewall, the registry. */
export function configure(context: Context, addresses: Addresses): readonly TaskItem[] {
  const { vars } = context;
  const port = vars.docker_registry_setup_local_port;
  return [
    ...more(vars),
    ...docker(context, addresses, addresses.plain),
    ...ports(vars, port),
    ...tasksOf(registrySetup, context, {
      registry_runtime: 'package',
      registry_port: Number(port),
      docker_registry_setup_force: vars.docker_registry_setup_force,
    }),
    ...services(vars),
  ];
}

/**
 * Returns the tasks of an undercloud. OpenStack's installer owns the registry's configuration and port, and rewrites
 * them at each run. Only missing packages are installed: the registry where nothing answers, docker where there is no
 * podman.
 */
export function configureUndercloud(context: Context, addresses: Addresses, found: HostCheck): readonly TaskItem[] {
  const { vars, facts } = context;
  const registry = facts.os_family === 'redhat' ? 'docker-distribution' : 'docker-registry';
  const withPodman = facts.podman_version !== '' && facts.docker_version === '';
  return [
    ...more(vars),
    ...(withPodman ? [] : docker(context, addresses, addresses.undercloud)),
    ...ports(vars, undercloudPort),
    ...(found.answers
      ? []
      : [
          packages({ name: registry }),
          service({ name: registry, state: 'started', enabled: true, needs: [`package:${registry}`] }),
        ]),
    ...services(vars),
  ];
}

function docker(context: Context, { hostname, upstream, upstreamHostname }: Addresses, local: string) {
  const { vars } = context;
  const insecure = [local, ...(vars.docker_registry_setup_tls_verify ? [] : [upstream])];
  const errors = insecure.flatMap((name) => {
    const why = insecureRegistryError(name);
    const variable = `docker_registry_setup_${name === local ? 'local' : 'upstream'}_hostname`;
    return why === undefined ? [] : [{ code: 'role-variables', message: `${variable}: ${name} ${why}` } as const];
  });
  if (errors.length > 0) throw new InputError(errors);
  return tasksOf(dockerConfig, context, {
    docker_install: true,
    docker_insecure_registries: insecure,
    docker_config_satisfied_by: [hostname, upstreamHostname],
    docker_config_force: vars.docker_registry_setup_force,
  });
}

function more({ docker_registry_setup_packages: names }: OlderRoleVars): TaskItem[] {
  return names.length > 0 ? [packages({ name: names })] : [];
}

function ports(vars: OlderRoleVars, port: string): TaskItem[] {
  const wanted = vars.docker_registry_setup_ports ?? [`${port}/tcp`];
  return wanted.flatMap((each) => openPort(each, vars.docker_registry_setup_firewall));
}

function services(vars: OlderRoleVars): TaskItem[] {
  return vars.docker_registry_setup_services.map((name) => service({ name, state: 'started', enabled: true }));
}
