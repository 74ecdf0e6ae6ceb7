import { type KeyObject, verify } from 'node:crypto';
import { isRecord } from '../../../../model/is-record.js';
import type { TokenBundle } from './token-bundle.js';

/** Rights in a token, by distribution's names: `{type: 'repository', name: 'team/app', actions: ['pull']}`. */
export interface TokenAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** Content of a token that counts. */
export interface TokenClaims {
  /** Account that it was issued to; empty: nobody's. */
  readonly subject: string;
  readonly access: readonly TokenAccess[];
  /** Second of its end, since 1970. */
  readonly until: number;
}

/** Names that a token must bear. */
export interface TokenNames {
  readonly issuer: string;
  readonly service: string;
}

/** Seconds by which the clocks of the token server and the registry may differ, as in docker-registry. */
const leeway = 60;
/** Bytes of a token at most; a header of Node has 16 KiB. */
const longest = 16 * 1024;

const hashes: Readonly<Record<string, { readonly hash: string; readonly type: 'ec' | 'rsa' }>> = {
  ES256: { hash: 'sha256', type: 'ec' },
  ES384: { hash: 'sha384', type: 'ec' },
  RS256: { hash: 'sha256', type: 'rsa' },
  RS384: { hash: 'sha384', type: 'rsa' },
  RS512: { hash: 'sha512', type: 'rsa' },
};

/**
 * Reads a token (distribution: "Token Authentication Implementation"): a JWT in compact form, signed by a key that the
 * bundle vouches for. @returns undefined for a token that is damaged, foreign, expired or not valid yet
 */
export function readToken(
  token: string,
  { issuer, service }: TokenNames,
  bundle: TokenBundle,
  now = Date.now(),
): TokenClaims | undefined {
  if (token.length > longest) return undefined;
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) return undefined;
  const head = parsed(header);
  const claims = parsed(payload);
  if (head === undefined || claims === undefined || !isSigned(`${header}.${payload}`, signature, head, bundle, now)) {
    return undefined;
  }
  const { iss, aud, sub = '', exp, nbf } = claims;
  const seconds = now / 1000;
  if (iss !== issuer || ![aud].flat().includes(service) || typeof sub !== 'string') return undefined;
  if (!isSecond(exp) || seconds > exp + leeway) return undefined;
  if (nbf !== undefined && (!isSecond(nbf) || seconds < nbf - leeway)) return undefined;
  const access = accessIn(claims.access);
  return access && { subject: sub, access, until: exp + leeway };
}

function isSigned(
  text: string,
  signature: string,
  { alg, x5c, kid, crit }: Readonly<Record<string, unknown>>,
  bundle: TokenBundle,
  now: number,
): boolean {
  const algorithm = typeof alg === 'string' && Object.hasOwn(hashes, alg) ? hashes[alg] : undefined;
  if (algorithm === undefined || crit !== undefined) return false; // RFC 7515, 4.1.11: what is not understood is refused.
  const key = signerOf(x5c, kid, bundle, now);
  if (key?.asymmetricKeyType !== algorithm.type) return false;
  const bytes = Buffer.from(signature, 'base64url');
  return verify(algorithm.hash, Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, bytes);
}

/** Finds the key of a signature. Where there are certificates, they alone decide, as in docker-registry. */
function signerOf(x5c: unknown, kid: unknown, bundle: TokenBundle, now: number): KeyObject | undefined {
  if (x5c !== undefined) return isChain(x5c) ? bundle.keyOfChain(x5c, now) : undefined;
  return typeof kid === 'string' ? bundle.keyById(kid) : undefined;
}

function isChain(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.length <= 8 && value.every((each) => typeof each === 'string')
  );
}

function parsed(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // Not a token: the caller refuses it.
  }
}

function isSecond(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function accessIn(value: unknown): TokenAccess[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const entries = value.map((each: unknown) => {
    if (!isRecord(each)) return undefined;
    const { type, name, actions } = each;
    const listed: unknown = actions ?? [];
    const isEntry = typeof type === 'string' && typeof name === 'string' && isTexts(listed);
    return isEntry ? { type, name, actions: listed } : undefined;
  });
  return entries.every((entry) => entry !== undefined) ? entries : undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
