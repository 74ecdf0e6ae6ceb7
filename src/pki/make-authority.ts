import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { addYears, serialNumber, validFrom } from './certificate-fields.js';
import { type KeyKind, makeKey, publicKeyOf, signingKey } from './keys.js';

/** Makes a certificate authority: for ten years, for hosts only (no authority below it). Both are PEM. */
export async function makeAuthority(kind: KeyKind, now = new Date()): Promise<{ certificate: string; key: string }> {
  const key = await makeKey(kind);
  const signing = await signingKey(key);
  const publicKey = new PublicKey(publicKeyOf(key));
  const serial = serialNumber();
  // Two authorities of one name could not be told apart in a list of many.
  const name = [{ CN: [`provision CA ${serial.slice(0, 8)}`] }];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial,
    subject: name,
    issuer: name,
    notBefore: validFrom(now),
    notAfter: addYears(now, 10),
    publicKey,
    signingKey: signing.key,
    signingAlgorithm: signing.algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key };
}
