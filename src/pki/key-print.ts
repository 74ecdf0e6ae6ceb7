import { createHash, type KeyObject } from 'node:crypto';

/**
 * SHA-256, in hex, of the numbers that make a public key: an elliptic curve's point, uncompressed, or RSA's modulus. A
 * private key's file holds them too, at places that a shell finds; so two halves can be told to belong together where
 * there is no openssl. Undefined for other kinds of keys.
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
