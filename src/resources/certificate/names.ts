import type { HostContext } from '../../model/resource.js';
import { certificateNames } from '../../pki/certificate-names.js';

/**
 * Lists the names of a host's certificate: the requested ones, its name in the inventory, the address it is dialled
 * by, its own names and main address. A staging folder lies on another host, so that host's names are left out.
 */
export function namesOf(host: HostContext, more: readonly string[]): string[] {
  const { hostname, fqdn, default_address } = host.facts;
  const measured = host.root === '' ? [host.address, fqdn, hostname, default_address] : [];
  return certificateNames([...more, host.name, ...measured, 'localhost', '127.0.0.1', '::1']);
}
