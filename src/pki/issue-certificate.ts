import 'reflect-metadata';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { type Authority, readAuthorityKey } from './authority.js';
import { serialNumber, validFrom, validUntil } from './certificate-fields.js';
import { signingKey } from './keys.js';

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
  return await signCertificate({ pem: authority.pem, key: await readAuthorityKey(authority.folder) }, request, now);
}

/** Signs a certificate with the key of an authority; both are PEM. @returns PEM */
export async function signCertificate(
  authority: { readonly pem: string; readonly key: string },
  { publicKey, names, days }: CertificateRequest,
  now = new Date(),
): Promise<string> {
  const issuer = new X509Certificate(authority.pem);
  const signing = await signingKey(authority.key);
  const subject = new PublicKey(new Uint8Array(publicKey));
  // A common name has 64 characters at most (RFC 5280, appendix A.1); who verifies reads the others.
  const commonName = names.find((name) => name.length <= 64);
  const rsa = subject.algorithm.name.startsWith('RSA');
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: commonName === undefined ? [] : [{ CN: [commonName] }],
    issuer: issuer.subjectName,
    notBefore: validFrom(now),
    notAfter: validUntil(now, days, issuer.notAfter),
    publicKey: subject,
    signingKey: signing.key,
    signingAlgorithm: signing.algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | (rsa ? KeyUsageFlags.keyEncipherment : 0), true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
        commonName === undefined,
      ),
      await SubjectKeyIdentifierExtension.create(subject),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}
