import { X509Certificate } from 'node:crypto';
import type { Authority } from './authority.js';
import { day } from './certificate-fields.js';
import { missingNames } from './certificate-names.js';
import { keyPrint } from './keys.js';

/** Properties that a certificate should have. */
export interface WantedCertificate {
  readonly names: readonly string[];
  /** It is renewed when fewer days than these are left. */
  readonly renewDays: number;
  /** The authority it should come from; undefined where there is none yet. */
  readonly authority: Authority | undefined;
  /** The print of the private key that lies beside it (see `keyPrint`); undefined where there is no key. */
  readonly keyPrint: string | undefined;
}

export type CertificateVerdict =
  | { readonly verdict: 'fits'; readonly expires: Date }
  /** Ours, and to be issued anew; with the same key where that belongs to it. */
  | { readonly verdict: 'renew'; readonly reasons: readonly string[]; readonly keepsKey: boolean }
  /** Not issued by our authority, or no certificate at all. */
  | { readonly verdict: 'foreign'; readonly reason: string };

/** Compares a certificate (PEM, the first one counts) with the wanted one, and gives reasons where it differs. */
export function judgeCertificate(pem: string, wanted: WantedCertificate, now = new Date()): CertificateVerdict {
  const certificate = parseCertificate(pem);
  if (certificate === undefined) return { verdict: 'foreign', reason: 'the file holds no certificate' };
  const authority = wanted.authority?.certificate;
  if (authority === undefined || !certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) {
    return { verdict: 'foreign', reason: `issued by another CA (${oneLine(certificate.issuer)})` };
  }
  const expires = new Date(certificate.validTo);
  const keepsKey = wanted.keyPrint !== undefined && wanted.keyPrint === keyPrint(certificate.publicKey);
  const reasons = [
    ...(wanted.keyPrint === undefined ? ['its key is missing'] : keepsKey ? [] : ['key does not belong']),
    ...missingNames(certificate, wanted.names).map((name) => `name ${name} missing`),
    ...(isDue(expires, new Date(authority.validTo), wanted.renewDays, now) ? [expiryText(expires, now)] : []),
  ];
  return reasons.length === 0 ? { verdict: 'fits', expires } : { verdict: 'renew', reasons, keepsKey };
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Returns true for a certificate that ends soon. One that ends with its authority can't get a longer life. */
function isDue(expires: Date, authorityEnds: Date, days: number, now: Date): boolean {
  const longer = authorityEnds.getTime() - expires.getTime() > day;
  return expires <= now || (longer && expires.getTime() - now.getTime() < days * day);
}

function expiryText(expires: Date, now: Date): string {
  const date = expires.toISOString().slice(0, 10);
  if (expires <= now) return `expired on ${date}`;
  const days = Math.floor((expires.getTime() - now.getTime()) / day);
  return `expires in ${days === 0 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`}`;
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}
