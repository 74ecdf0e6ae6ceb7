import type { RegistryInstance } from './registry-instance.js';

/** Share of an NFS server that holds the images of a registry. */
export interface NfsShare {
  /** `nfs1:/var/export/registry31` */
  readonly source: string;
  readonly options: string;
}

/** Returns the share of a registry; undefined where its storage is the host's own. */
export function nfsShare({ vars, version }: Pick<RegistryInstance, 'vars' | 'version'>): NfsShare | undefined {
  const nfs = vars.registry_storage_nfs;
  if (nfs === undefined) return undefined;
  const server = nfs.server.includes(':') && !nfs.server.startsWith('[') ? `[${nfs.server}]` : nfs.server;
  return { source: `${server}:${nfs.path.replaceAll('{version}', version ?? '')}`, options: nfs.options };
}
