import { posix } from 'node:path';
import { directory, file, type TaskItem } from '../../../src/index.js';
import { ownFolder } from '../instance/own-folder.js';
import type { HostFacts } from '../instance/platform.js';
import type { RegistryInstance } from '../instance/registry-instance.js';

/** Returns the path of the file of rights that the role writes for an embedded registry. */
export function accessFile({ name, vars }: RegistryInstance, facts: HostFacts): string {
  return posix.join(ownFolder(vars, facts), `${name}.access.json`);
}

/** Returns the tasks that write the file of rights. The registry reads it again when it changes. */
export function accessTasks({ vars }: RegistryInstance, path: string | undefined): readonly TaskItem[] {
  if (path === undefined) return [];
  const content = `${JSON.stringify(vars.registry_access, undefined, 2)}\n`;
  return [directory({ path: posix.dirname(path) }), file({ path, content, mode: '0644' })];
}
