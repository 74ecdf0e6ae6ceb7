import type { RegistryInstance } from '../instance/instance.js';
import type { SettingMistake } from '../setting-mistakes.js';

/** A share of an NFS server that a registry keeps its images on. */
export interface NfsShare {
  /** `nfs1:/var/export/registry31` */
  readonly source: string;
  readonly options: string;
}

/** The share of a registry; nothing where its storage is the host's own. */
export function nfsShare({ vars, version }: Pick<RegistryInstance, 'vars' | 'version'>): NfsShare | undefined {
  const nfs = vars.registry_storage_nfs;
  if (nfs === undefined) return undefined;
  const server = nfs.server.includes(':') && !nfs.server.startsWith('[') ? `[${nfs.server}]` : nfs.server;
  return { source: `${server}:${nfs.path.replaceAll('{version}', version ?? '')}`, options: nfs.options };
}

/** What does not go together with a share. */
export function nfsMistakes({ vars, version, runtime, driver }: RegistryInstance): readonly SettingMistake[] {
  const nfs = vars.registry_storage_nfs;
  if (nfs === undefined) return [];
  const mistake = (message: string) => [{ path: ['storage_nfs'], message }];
  if (runtime === 'embedded') return mistake('is not for the embedded runtime: mount it with mount_unit');
  if (driver !== 'filesystem') return mistake(`a registry has one storage: not registry_${driver} as well`);
  if (nfs.path.includes('{version}') && version === undefined) {
    return mistake(
      `${nfs.path} has {version} in it, but a registry has none: give registry_version, or each its version`,
    );
  }
  return [];
}
