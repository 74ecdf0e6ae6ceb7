import type { HostContext } from '../../model/resource.js';
import { certificateNames } from '../../pki/certificate-names.js';

/**
 * The names that a host's certificate is for: those asked for, its name in the inventory, the address it is dialled by, its
 * own names and main address, and what it calls itself. A folder that is staged into lies on another host, whose names are
 * not meant.
 */
export function namesOf(host: HostContext, more: readonly string[]): string[] {
  const { hostname, fqdn, default_address } = host.facts;
  const measured = host.root === '' ? [host.address, fqdn, hostname, default_address] : [];
  return certificateNames([...more, host.name, ...measured, 'localhost', '127.0.0.1', '::1']);
}
