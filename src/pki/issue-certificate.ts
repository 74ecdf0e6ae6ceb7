import { createPublicKey, X509Certificate } from 'node:crypto';
import { KeyUsageFlags } from '@peculiar/asn1-x509';
import { type Authority, readAuthorityKey } from './authority.js';
import { validFrom, validUntil } from './certificate-fields.js';
import {
  alternativeNames,
  authorityKey,
  basicConstraints,
  keyUsage,
  serverUsage,
  signFields,
  subjectKey,
} from './sign-fields.js';

/** Fields of a host's certificate. */
export interface CertificateRequest {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Names and addresses of the host; the first one that fits is the common name too. */
  readonly names: readonly string[];
  readonly days: number;
}

/** Issues a certificate for a server. @returns PEM */
export async function issueCertificate(
  authority: Authority,
  request: CertificateRequest,
  now = new Date(),
): Promise<string> {
  if (Date.parse(authority.certificate.validTo) <= now.getTime()) {
    throw new Error(
      `the certificate authority in ${authority.folder} has expired: move it away, and a new one is made`,
    );
  }
  return signCertificate({ pem: authority.pem, key: await readAuthorityKey(authority.folder) }, request, now);
}

/** Signs a certificate with the key of an authority; both are PEM. @returns PEM */
export function signCertificate(
  authority: { readonly pem: string; readonly key: string },
  { publicKey, names, days }: CertificateRequest,
  now = new Date(),
): string {
  // A common name has 64 characters at most (RFC 5280, appendix A.1); who verifies reads the others.
  const commonName = names.find((name) => name.length <= 64);
  const subject = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' });
  const isRsa = subject.asymmetricKeyType?.startsWith('rsa') === true;
  return signFields(
    {
      commonName,
      notBefore: validFrom(now),
      notAfter: validUntil(now, days, new Date(new X509Certificate(authority.pem).validTo)),
      publicKey,
      extensions: [
        basicConstraints(false),
        keyUsage(KeyUsageFlags.digitalSignature | (isRsa ? KeyUsageFlags.keyEncipherment : 0)),
        serverUsage(),
        alternativeNames(names, commonName === undefined),
        subjectKey(publicKey),
        authorityKey(authority.pem),
      ],
    },
    authority.pem,
    authority.key,
  );
}
