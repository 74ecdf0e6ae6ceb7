import type { Facts } from '../../../src/index.js';
import type { InstanceSettings } from '../vars/instance.js';

/** Names and paths of a registry that depend on the runtime and the operating system. */
export interface RegistryPlatform {
  readonly packages: readonly string[];
  /** The package's own unit. */
  readonly service: string;
  /** The registry's command, for the package runtime. */
  readonly binary: string;
  /** Folder of configurations. */
  readonly configDirectory: string;
  readonly storageDirectory: string;
  /** User that the registry runs as; undefined: root. */
  readonly user: string | undefined;
}

/** Facts of a host that decide them. */
export type HostFacts = Pick<Facts, 'os_family' | 'uid' | 'home'>;

export function platformOf(vars: InstanceSettings, { os_family, uid, home }: HostFacts): RegistryPlatform {
  const redHat = os_family === 'redhat';
  if (vars.registry_runtime === 'embedded') {
    return {
      packages: [],
      service: 'provision-registry',
      binary: '',
      configDirectory: '',
      storageDirectory: uid === 0 ? '/var/lib/registry' : `${home}/.local/share/provision/images`,
      user: undefined,
    };
  }
  if (vars.registry_runtime === 'docker' || vars.registry_runtime === 'podman') {
    return {
      packages: vars.registry_runtime === 'docker' ? [] : (vars.registry_packages ?? podmanPackages(vars, redHat)),
      service: vars.registry_runtime,
      binary: 'registry',
      configDirectory: '/etc/docker/registry',
      storageDirectory: '/var/lib/registry',
      user: vars.registry_runtime === 'podman' ? vars.registry_user : undefined,
    };
  }
  return {
    packages: vars.registry_packages ?? [redHat ? 'docker-distribution' : 'docker-registry'],
    service: redHat ? 'docker-distribution' : 'docker-registry',
    binary: redHat ? 'registry' : 'docker-registry',
    configDirectory: redHat ? '/etc/docker-distribution/registry' : '/etc/docker/registry',
    storageDirectory: redHat ? '/var/lib/registry' : '/var/lib/docker-registry',
    user: redHat ? undefined : 'docker-registry',
  };
}

/** Without root, podman needs what gives it user ids and a network; Red Hat's brings these along. */
function podmanPackages({ registry_user }: InstanceSettings, redHat: boolean): readonly string[] {
  return ['podman', ...(registry_user === undefined || redHat ? [] : ['uidmap', 'slirp4netns'])];
}
