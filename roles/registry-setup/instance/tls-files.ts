import type { InstanceSettings } from '../vars/instance.js';
import { ownFolder } from './own-folder.js';
import type { HostFacts } from './platform.js';

/** Certificate (with its chain) and key, as paths of the host. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Returns the files with which a registry serves TLS; undefined for plain http. */
export function tlsFiles(vars: InstanceSettings, name: string, facts: HostFacts): TlsFiles | undefined {
  const { registry_tls: tls } = vars;
  if (tls === undefined || (typeof tls === 'object' && 'certificate' in tls)) return tls;
  const folder = `${ownFolder(vars, facts)}/tls`;
  return { certificate: `${folder}/${name}.crt`, key: `${folder}/${name}.key` };
}
