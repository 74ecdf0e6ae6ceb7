import type { z } from 'zod';
import type { Facts } from '../../src/index.js';
import type { vars as schema } from './vars.js';

/** What the registry is on a host: names and paths that depend on the runtime and the operating system. */
export interface RegistryPlatform {
  readonly packages: readonly string[];
  readonly service: string;
  /** The registry's command, for the package runtime. */
  readonly binary: string;
  readonly configPath: string;
  readonly storageDirectory: string;
  /** Who the registry runs as; undefined: root. */
  readonly user: string | undefined;
}

export function platformOf(vars: z.output<typeof schema>, facts: Facts): RegistryPlatform {
  const redHat = facts.os_family === 'redhat';
  if (vars.registry_runtime === 'docker') {
    return {
      packages: [],
      service: 'docker',
      binary: 'registry',
      configPath: `/etc/docker/registry/${vars.registry_container_name}.yml`,
      storageDirectory: vars.registry_storage_directory ?? '/var/lib/registry',
      user: undefined,
    };
  }
  return {
    packages: vars.registry_packages ?? [redHat ? 'docker-distribution' : 'docker-registry'],
    service: vars.registry_service ?? (redHat ? 'docker-distribution' : 'docker-registry'),
    binary: redHat ? 'registry' : 'docker-registry',
    configPath: redHat ? '/etc/docker-distribution/registry/config.yml' : '/etc/docker/registry/config.yml',
    storageDirectory: vars.registry_storage_directory ?? (redHat ? '/var/lib/registry' : '/var/lib/docker-registry'),
    user: redHat ? undefined : 'docker-registry',
  };
}
