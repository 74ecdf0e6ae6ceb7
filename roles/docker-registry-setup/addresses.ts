import type { OlderRoleVars } from './vars.js';

/** Addresses of both registries, by the older role's variables. */
export interface Addresses {
  readonly hostname: string;
  readonly upstreamHostname: string;
  readonly upstream: string;
  /** This host's registry if it is no undercloud, and if it is one. */
  readonly plain: string;
  readonly undercloud: string;
  readonly namespace: string;
  readonly tag: string;
  /** True or false where the variables decide that the host is an undercloud; undefined where its profile decides. */
  readonly decided: boolean | undefined;
}

/** Port that OpenStack's installer gives the registry of an undercloud. */
export const undercloudPort = '8787';

export function addressesOf(vars: OlderRoleVars, inventoryHostname: string): Addresses {
  const hostname = vars.docker_registry_setup_local_hostname ?? inventoryHostname;
  const release =
    vars.docker_registry_setup_image_rhosp_version ??
    vars.docker_registry_setup__rhosp_version ??
    vars.docker_registry_setup_rhosp_version;
  const upstreamHostname = vars.docker_registry_setup_upstream_hostname;
  const { docker_registry_setup_on_undercloud: setting, docker_registry_setup_undercloud_check: look } = vars;
  return {
    hostname,
    upstreamHostname,
    upstream: [upstreamHostname, vars.docker_registry_setup_upstream_port].filter((part) => part !== '').join(':'),
    plain: `${hostname}:${vars.docker_registry_setup_local_port}`,
    undercloud: `${hostname}:${undercloudPort}`,
    namespace: vars.docker_registry_setup_image_namespace ?? `rhosp${release.split('.')[0]}`,
    tag: vars.docker_registry_setup_image_tag ?? release,
    decided: setting !== '' ? setting : look ? undefined : false,
  };
}
