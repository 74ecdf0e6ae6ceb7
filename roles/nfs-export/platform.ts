import type { z } from 'zod';
import type { Facts } from '../../src/index.js';
import type { vars as schema } from './vars.js';

/** Packages and services of the NFS server on a host. */
export interface NfsPlatform {
  readonly packages: readonly string[];
  readonly services: readonly string[];
  /** The account that `all_squash` makes of everybody. */
  readonly anonymous: { readonly owner: string; readonly group: string };
}

export function nfsPlatformOf(vars: z.output<typeof schema>, facts: Facts): NfsPlatform {
  const redHat = facts.os_family === 'redhat';
  return {
    packages: vars.nfs_packages ?? [redHat ? 'nfs-utils' : 'nfs-kernel-server'],
    services: vars.nfs_services ?? servicesOf(facts),
    anonymous: anonymousOf(facts),
  };
}

function servicesOf({ os_family, os_id, os_major, service_manager }: Facts): readonly string[] {
  if (os_family !== 'redhat') return [service_manager === 'sysvinit' ? 'nfs-kernel-server' : 'nfs-server'];
  if (service_manager === 'sysvinit') return ['rpcbind', 'nfs'];
  // Later ones start rpcbind by its socket; locks and names come with nfs-server on all of them.
  return os_major <= 7 && os_id !== 'fedora' ? ['rpcbind', 'nfs-server'] : ['nfs-server'];
}

function anonymousOf({ os_family, os_id, os_major }: Facts): NfsPlatform['anonymous'] {
  if (os_family !== 'redhat') return { owner: 'nobody', group: 'nogroup' };
  const name = os_major <= 7 && os_id !== 'fedora' ? 'nfsnobody' : 'nobody';
  return { owner: name, group: name };
}
