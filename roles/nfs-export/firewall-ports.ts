import { z } from 'zod';

/** Services of an NFS server by firewalld's names, with the ports that they have. */
const services = {
  nfs: ['2049/tcp'],
  mountd: ['20048/tcp', '20048/udp'],
  'rpc-bind': ['111/tcp', '111/udp'],
} as const;

/** Service of an NFS server, or a port, that a firewall may let through. */
export const nfsService = z.union([
  z.enum(['nfs', 'mountd', 'rpc-bind']),
  z.string().refine((text) => Number(/^([1-9]\d*)\/(?:tcp|udp)$/.exec(text)?.[1] ?? 65_536) <= 65_535, {
    error: 'must be nfs, mountd, rpc-bind, or a port: 2049/tcp',
  }),
]);

/** Returns the ports to open, each once. */
export function portsOf(wanted: readonly z.output<typeof nfsService>[]): string[] {
  return [...new Set(wanted.flatMap((each) => (isService(each) ? services[each] : [each])))];
}

function isService(name: string): name is keyof typeof services {
  return Object.hasOwn(services, name);
}
