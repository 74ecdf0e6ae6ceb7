import type { TaskItem } from '../../src/index.js';
import type { InstanceContext, RegistryInstance } from './instance.js';
import type { InstanceSettings } from './vars/instance.js';

/** The file of accounts of a registry, as a path of the host; nothing where everybody may pull and push. */
export function htpasswdFile({ registry_htpasswd }: InstanceSettings, _name: string): string | undefined {
  return registry_htpasswd;
}

/** What brings the file of accounts to the host, ahead of the configuration that names it. */
export function accountTasks(_instance: RegistryInstance, _context: InstanceContext): readonly TaskItem[] {
  return [];
}
