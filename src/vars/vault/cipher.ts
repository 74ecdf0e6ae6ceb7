import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

/** Content of a vault: the text under a key that comes from a password and the salt, and the proof of the password. */
export interface Sealed {
  readonly salt: Buffer;
  readonly hmac: Buffer;
  readonly ciphertext: Buffer;
}

/** Encrypts as `ansible-vault` does (AES256 of format 1.1 and 1.2). The salt is random, except for tests. */
export function seal(plain: Uint8Array, password: string, salt: Buffer = randomBytes(32)): Sealed {
  const keys = keysFrom(password, salt);
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.iv);
  const ciphertext = Buffer.concat([cipher.update(pad(plain)), cipher.final()]);
  return { salt, hmac: hmacOf(ciphertext, keys.hmac), ciphertext };
}

/** Decrypts; undefined where the password is another one, or the text was damaged: the two can't be told apart. */
export function decryptSealed({ salt, hmac, ciphertext }: Sealed, password: string): Buffer | undefined {
  const keys = keysFrom(password, salt);
  const expected = hmacOf(ciphertext, keys.hmac);
  if (hmac.length !== expected.length || !timingSafeEqual(hmac, expected)) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.iv);
  return unpad(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
}

const block = 16;

function keysFrom(password: string, salt: Buffer): { cipher: Buffer; hmac: Buffer; iv: Buffer } {
  const bytes = pbkdf2Sync(password, salt, 10_000, 80, 'sha256');
  return { cipher: bytes.subarray(0, 32), hmac: bytes.subarray(32, 64), iv: bytes.subarray(64) };
}

function hmacOf(ciphertext: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key).update(ciphertext).digest();
}

/** Pads as PKCS#7 has it: Node pads block modes only, and this one is a counter. */
function pad(plain: Uint8Array): Buffer {
  const missing = block - (plain.length % block);
  return Buffer.concat([plain, Buffer.alloc(missing, missing)]);
}

function unpad(text: Buffer): Buffer | undefined {
  const padding = text.at(-1) ?? 0;
  const fits = padding >= 1 && padding <= block && padding <= text.length;
  return fits && text.subarray(-padding).every((byte) => byte === padding)
    ? text.subarray(0, text.length - padding)
    : undefined;
}
