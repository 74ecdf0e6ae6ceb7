import { KeyUsageFlags } from '@peculiar/asn1-x509';
import { addYears, serialNumber, validFrom } from './certificate-fields.js';
import { type KeyKind, makeKey, publicKeyOf } from './keys.js';
import { basicConstraints, keyUsage, signFields, subjectKey } from './sign-fields.js';

/** Makes a certificate authority: for ten years, for hosts only (no authority below it). Both are PEM. */
export async function makeAuthority(kind: KeyKind, now = new Date()): Promise<{ certificate: string; key: string }> {
  const key = await makeKey(kind);
  const publicKey = publicKeyOf(key);
  const serial = serialNumber();
  const certificate = signFields(
    {
      serial,
      // Two authorities of one name could not be told apart in a list of many.
      commonName: `provision CA ${serial.slice(0, 8)}`,
      notBefore: validFrom(now),
      notAfter: addYears(now, 10),
      publicKey,
      extensions: [
        basicConstraints(true),
        keyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign),
        subjectKey(publicKey),
      ],
    },
    undefined,
    key,
  );
  return { certificate, key };
}
