import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Kinds of secrets by their first letters: access tokens, and the refresh tokens that docker keeps. */
const prefixes = { access: 'prv_', login: 'prl_' } as const;
export type SecretKind = keyof typeof prefixes;

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Makes a secret: 160 random bits, and a sum of them, so that one that was cut or mistyped is known without the database. */
export function makeSecret(kind: SecretKind): string {
  const body = base62(BigInt(`0x${randomBytes(20).toString('hex')}`), 27);
  return `${prefixes[kind]}${body}${sumOf(body)}`;
}

/** Returns true for a text that may be a secret of this kind. */
export function isSecret(kind: SecretKind, text: string): boolean {
  const prefix = prefixes[kind];
  if (!text.startsWith(prefix) || text.length !== prefix.length + 33) return false;
  const body = text.slice(prefix.length, -6);
  return /^[0-9A-Za-z]+$/.test(body) && sumOf(body) === text.slice(-6);
}

/** Returns what the database keeps of a secret. It has too many bits to be guessed, so it takes no slow hash. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function sumOf(body: string): string {
  return base62(BigInt(crc32(body)), 6);
}

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = `${letters[Number(rest % 62n)]}${text}`;
  return text;
}
