import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Work of a hash (scrypt, RFC 7914): 2^15 steps in 32 MiB, as OWASP's "Password Storage Cheat Sheet" has it among others. */
const cost = { ln: 15, r: 8, p: 3 };
const keyLength = 32;

/** Hashes a password: `$scrypt$ln=15,r=8,p=3$SALT$HASH`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(normal(password), salt, keyLength, optionsOf(cost));
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${text(salt)}$${text(key)}`;
}

/** Checks a password against a hash of ours, or one of bcrypt, as htpasswd has them. */
export async function matchesHash(password: string, hash: string): Promise<boolean> {
  if (isBcryptHash(hash)) {
    const { compare } = await import('bcryptjs');
    return await compare(password, hash.replace(/^\$2y\$/, '$2b$'));
  }
  const found = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(hash);
  if (found === null) return false;
  const [, ln, r, p, salt = '', key = ''] = found;
  const wanted = Buffer.from(key, 'base64');
  const given = { ln: Number(ln), r: Number(r), p: Number(p) };
  const derived = await derive(normal(password), Buffer.from(salt, 'base64'), wanted.length, optionsOf(given));
  return timingSafeEqual(derived, wanted);
}

/** Returns true for a hash of bcrypt. */
export function isBcryptHash(hash: string): boolean {
  return /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash);
}

/** Hash that no password has, for accounts that are not there: they take as long as others. */
export const nobodysHash = `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$AAAAAAAAAAAAAAAAAAAAAA$${'A'.repeat(43)}`;

/** Two keyboards may send one letter as different characters (RFC 8265, 4.2). */
function normal(password: string): string {
  return password.normalize('NFC');
}

function optionsOf({ ln, r, p }: typeof cost): ScryptOptions {
  return { N: 2 ** ln, r, p, maxmem: 128 * 2 ** ln * r * 2 };
}

function text(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
