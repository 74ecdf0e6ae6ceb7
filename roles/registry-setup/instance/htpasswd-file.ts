import type { InstanceSettings } from '../vars/instance.js';
import { ownFolder } from './own-folder.js';
import type { HostFacts } from './platform.js';

/** The file of accounts of a registry, as a path of the host; nothing where everybody may pull and push. */
export function htpasswdFile(vars: InstanceSettings, name: string, facts: HostFacts): string | undefined {
  const { registry_htpasswd, registry_accounts } = vars;
  if (registry_htpasswd !== undefined || registry_accounts === undefined) return registry_htpasswd;
  return `${ownFolder(vars, facts)}/${name}.htpasswd`;
}
