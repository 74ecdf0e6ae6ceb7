import { createHash, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

/** Kinds of keys: ECDSA on P-256, or RSA for clients that know no other. */
export const keyKinds = ['ecdsa', 'rsa'] as const;
export type KeyKind = (typeof keyKinds)[number];

/** Makes a private key: PEM, PKCS #8 without a passphrase. */
export async function makeKey(kind: KeyKind): Promise<string> {
  const { privateKey } =
    kind === 'rsa' ? await generate('rsa', { modulusLength: 3072 }) : await generate('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * Hashes the numbers of a public key (SHA-256, hex): the point of an elliptic curve, uncompressed, or the modulus of
 * RSA. The file of a private key holds them too, at places that a shell finds. So a host without openssl can tell that
 * two halves belong together. Undefined for other kinds of keys.
 */
export function keyPrint(key: KeyObject): string | undefined {
  const { x, y, n } = key.export({ format: 'jwk' });
  const numbers =
    n !== undefined
      ? [Buffer.from(n, 'base64url')]
      : x !== undefined && y !== undefined
        ? [Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]
        : undefined;
  return numbers && createHash('sha256').update(Buffer.concat(numbers)).digest('hex');
}

/** Returns the public half of a private key (PEM): SubjectPublicKeyInfo, DER. */
export function publicKeyOf(pem: string): Buffer {
  return createPublicKey(pem).export({ type: 'spki', format: 'der' });
}
