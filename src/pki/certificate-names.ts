import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

const dnsName = /^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/;

/** Returns true for a name that a certificate can have: one of the DNS (`*.example.org` too), or an IP address. */
export function isCertificateName(name: string): boolean {
  return isIP(name) !== 0 || (dnsName.test(name) && name.length <= 253);
}

/** Returns the names that a certificate can have, each once. */
export function certificateNames(names: Iterable<string>): string[] {
  return [...new Set([...names].map((name) => name.toLowerCase()))].filter(isCertificateName);
}

/** Returns the names that a certificate is not valid for. */
export function missingNames(certificate: X509Certificate, names: readonly string[]): string[] {
  const written = (certificate.subjectAltName ?? '').toLowerCase().split(', ');
  return names.filter((name) => {
    if (isIP(name) !== 0) return certificate.checkIP(name) === undefined;
    return certificate.checkHost(name, { subject: 'never' }) === undefined && !written.includes(`dns:${name}`);
  });
}
