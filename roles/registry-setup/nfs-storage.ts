import type { RegistryInstance } from './instance.js';

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

/** What a registry can't be on a share with, if so. */
export function nfsMistake({ vars, version, runtime }: RegistryInstance): string | undefined {
  const nfs = vars.registry_storage_nfs;
  if (nfs === undefined) return undefined;
  if (runtime === 'embedded') return 'is not for the embedded runtime: mount it with mount_unit before';
  if (nfs.path.includes('{version}') && version === undefined) {
    return `has {version} in its path ${nfs.path}, but there is no version: give registry_version, or version of the instance`;
  }
  return undefined;
}
