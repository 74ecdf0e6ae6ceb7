import type { InstanceSettings } from '../vars/instance.js';
import { ownFolder } from './own-folder.js';
import type { HostFacts } from './platform.js';

/** Returns the path of a registry's file of accounts on the host; undefined where everybody may pull and push. */
export function htpasswdFile(vars: InstanceSettings, name: string, facts: HostFacts): string | undefined {
  const { registry_htpasswd, registry_accounts } = vars;
  if (registry_htpasswd !== undefined || registry_accounts === undefined) return registry_htpasswd;
  return `${ownFolder(vars, facts)}/${name}.htpasswd`;
}
