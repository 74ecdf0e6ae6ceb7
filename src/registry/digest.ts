import { createHash, type Hash } from 'node:crypto';

/** `algorithm:hex`, as the OCI image specification writes it ("Digests"); sha256 and sha512 are the registered ones. */
export type Digest = `sha256:${string}` | `sha512:${string}`;

export type DigestAlgorithm = 'sha256' | 'sha512';

const shape = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Returns true for a whole digest, in small letters. */
export function isDigest(text: string): text is Digest {
  return shape.test(text);
}

/** Returns a text that is a digest. @throws Error naming it when it isn't one */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new Error(`${JSON.stringify(text)} is not a digest (sha256: and 64 hexadecimal digits)`);
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** Returns the hexadecimal part. */
export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** Computes the digest of bytes in memory. */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return parseDigest(`${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`);
}

/** Makes a running hash for a stream whose digest should be `expected`. */
export function hashFor(expected: Digest): Hash {
  return createHash(algorithmOf(expected));
}

/** Returns the digest of a running hash, which can't be used after. */
export function finishDigest(hash: Hash, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return parseDigest(`${algorithm}:${hash.digest('hex')}`);
}
