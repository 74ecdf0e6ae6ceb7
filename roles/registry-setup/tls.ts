import type { TaskItem } from '../../src/index.js';
import type { InstanceContext, RegistryInstance } from './instance.js';
import type { InstanceSettings } from './vars/instance.js';

/** Certificate (with its chain) and key, as paths of the host. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

/** The files that a registry serves TLS with; nothing where it speaks plain http. */
export function tlsFiles({ registry_tls }: InstanceSettings, _name: string): TlsFiles | undefined {
  return registry_tls;
}

/** What brings certificate and key to the host, ahead of the configuration that names them. */
export function tlsTasks(_instance: RegistryInstance, _context: InstanceContext): readonly TaskItem[] {
  return [];
}
