import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signCertificate } from '../../src/pki/issue-certificate.js';
import { makeKey, publicKeyOf } from '../../src/pki/keys.js';
import { makeAuthority } from '../../src/pki/make-authority.js';
import { serveRegistry } from '../../src/registry/server/serve.js';
import { dockerRegistry } from '../registry/docker-registry.js';

/*
 * Tokens of every form that was found to matter, beside docker-registry 2.8: the embedded registry says the same of each.
 * Where it doesn't, the case says why.
 */

interface Signer {
  readonly key: KeyObject;
  readonly der: string;
}

interface Pair {
  readonly pem: string;
  readonly key: string;
}

let folder: string;
const servers: { host: string; stop(): Promise<unknown> }[] = [];
let authority: Pair;
let good: Signer;
let rsa: Signer;
let own: Signer;
let foreign: Signer;
let expired: Signer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-tokens-'));
  authority = await newAuthority();
  good = await newSigner(authority);
  rsa = await newSigner(authority, 'rsa');
  foreign = await newSigner(await newAuthority());
  expired = await newSigner(authority, 'ecdsa', new Date(Date.now() - 30 * 86_400_000));
  const alone = await newAuthority();
  own = { key: createPrivateKey(alone.key), der: new X509Certificate(alone.pem).raw.toString('base64') };
  const rootcertbundle = join(folder, 'bundle.pem');
  await writeFile(rootcertbundle, `${authority.pem}${alone.pem}`);
  const token = { realm: 'http://127.0.0.1:1/token', service: 'reg', issuer: 'me', rootcertbundle };
  const embedded = await serveRegistry({ dir: join(folder, 'embedded'), token });
  servers.push({ host: embedded.host, stop: () => embedded.close() });
  const distribution = await dockerRegistry(join(folder, 'distribution'), { token });
  servers.push({ host: distribution.host, stop: () => distribution.stop() });
});

afterAll(async () => {
  for (const { stop } of servers) await stop();
  await rm(folder, { recursive: true, force: true });
});

const now = () => Math.floor(Date.now() / 1000);
const claims = (more: object = {}) => ({
  iss: 'me',
  sub: 'bob',
  aud: 'reg',
  exp: now() + 300,
  nbf: now() - 10,
  iat: now(),
  jti: String(Math.random()),
  access: [{ type: 'repository', name: 'a/b', actions: ['pull'] }],
  ...more,
});

/** Asks both for the tags of a/b, which is not there. @returns 404 where the token counts, 401 where it doesn't */
async function judged(token: string): Promise<string> {
  const statuses = await Promise.all(
    servers.map(async ({ host }) => {
      const answer = await fetch(`http://${host}/v2/a/b/tags/list`, { headers: { Authorization: `Bearer ${token}` } });
      return answer.status === 404 ? 'taken' : answer.status === 401 ? 'refused' : String(answer.status);
    }),
  );
  return [...new Set(statuses)].join(' by ours, ');
}

const byChain = (signer: Signer, header: object = {}) => ({ typ: 'JWT', alg: 'ES256', x5c: [signer.der], ...header });

describe('the signature', () => {
  it.each([
    ['a leaf of the bundle’s authority', () => jwt(byChain(good), good), 'taken'],
    ['a leaf with its authority', () => jwt(byChain(good, { x5c: [good.der, derOf(authority)] }), good), 'taken'],
    ['a certificate that is itself in the bundle', () => jwt(byChain(own), own), 'taken'],
    ['an RSA key, RS256', () => jwt(byChain(rsa, { alg: 'RS256' }), rsa), 'taken'],
    ['a leaf of another authority', () => jwt(byChain(foreign), foreign), 'refused'],
    [
      'another leaf, with a good kid besides',
      () => jwt(byChain(foreign, { kid: libtrustId(own.key) }), foreign),
      'refused',
    ],
    ['a leaf that has expired', () => jwt(byChain(expired), expired), 'refused'],
    [
      'the libtrust kid of a certificate in the bundle',
      () => jwt({ typ: 'JWT', alg: 'ES256', kid: libtrustId(own.key) }, own),
      'taken',
    ],
    [
      'the kid of a leaf whose authority alone is in the bundle',
      () => jwt({ typ: 'JWT', alg: 'ES256', kid: libtrustId(good.key) }, good),
      'refused',
    ],
    // 3.x takes it; 2.8 has no thumbprints.
    [
      'the thumbprint of a certificate in the bundle',
      () => jwt({ typ: 'JWT', alg: 'ES256', kid: thumbprint(own.key) }, own),
      'taken by ours, refused',
    ],
    ['no key at all', () => jwt({ typ: 'JWT', alg: 'ES256' }, good), 'refused'],
    [
      'no signature (alg none)',
      () =>
        `${jwt({ typ: 'JWT', alg: 'none', x5c: [good.der] }, good)
          .split('.')
          .slice(0, 2)
          .join('.')}.`,
      'refused',
    ],
    ['another key than the certificate’s', () => jwt(byChain(good), foreign), 'refused'],
    ['claims changed after signing', () => tampered(jwt(byChain(good), good)), 'refused'],
    ['no typ', () => jwt({ alg: 'ES256', x5c: [good.der] }, good), 'taken'],
  ])('%s', async (_name, token, wanted) => {
    expect(await judged(token())).toBe(wanted);
  });
});

describe('the claims', () => {
  it.each([
    ['as they should be', {}, 'taken'],
    ['another issuer', { iss: 'you' }, 'refused'],
    ['another audience', { aud: 'other' }, 'refused'],
    // 3.x takes a list; 2.8 refuses even one of one.
    ['the audience in a list', { aud: ['reg'] }, 'taken by ours, refused'],
    ['ended 50 s ago', { exp: -50 }, 'taken'],
    ['ended 70 s ago', { exp: -70 }, 'refused'],
    ['begins in 50 s', { nbf: 50 }, 'taken'],
    ['begins in 70 s', { nbf: 70 }, 'refused'],
    ['no nbf, iat and jti', { nbf: undefined, iat: undefined, jti: undefined }, 'taken'],
    ['no end', { exp: undefined }, 'refused'],
    ['an end with a fraction', { exp: 300.5 }, 'refused'],
    ['all actions by *', { access: [{ type: 'repository', name: 'a/b', actions: ['*'] }] }, 'taken'],
    ['a glob', { access: [{ type: 'repository', name: 'a/*', actions: ['pull'] }] }, 'refused'],
    ['push alone', { access: [{ type: 'repository', name: 'a/b', actions: ['push'] }] }, 'refused'],
    ['nothing', { access: [] }, 'refused'],
    ['null', { access: null }, 'refused'],
  ])('%s', async (_name, more, wanted) => {
    const relative = Object.fromEntries(
      Object.entries(more).map(([name, value]) => [
        name,
        ['exp', 'nbf'].includes(name) && typeof value === 'number' ? now() + value : value,
      ]),
    );
    expect(await judged(jwt(byChain(good), good, claims(relative)))).toBe(wanted);
  });

  it('may be used again', async () => {
    const token = jwt(byChain(good), good);
    expect([await judged(token), await judged(token)]).toEqual(['taken', 'taken']);
  });
});

async function newAuthority(): Promise<Pair> {
  const { certificate, key } = await makeAuthority('ecdsa');
  return { pem: certificate, key };
}

async function newSigner(under: Pair, kind: 'ecdsa' | 'rsa' = 'ecdsa', at = new Date()): Promise<Signer> {
  const key = await makeKey(kind);
  const pem = signCertificate(under, { publicKey: publicKeyOf(key), names: ['signer'], days: 5 }, at);
  return { key: createPrivateKey(key), der: new X509Certificate(pem).raw.toString('base64') };
}

const derOf = ({ pem }: Pair) => new X509Certificate(pem).raw.toString('base64');

function jwt(header: object, { key }: Signer, payload: object = claims()): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

function tampered(token: string): string {
  const [header, , signature] = token.split('.');
  const more = Buffer.from(JSON.stringify(claims({ sub: 'anna' }))).toString('base64url');
  return `${header}.${more}.${signature}`;
}

function libtrustId(key: KeyObject): string {
  const der = publicKeyOf(key.export({ type: 'pkcs8', format: 'pem' }).toString());
  const bytes = createHash('sha256').update(der).digest().subarray(0, 30);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  const letters = Array.from({ length: 48 }, (_, index) => alphabet[Number((bits >> BigInt(235 - 5 * index)) & 31n)]);
  return Array.from({ length: 12 }, (_, index) => letters.slice(index * 4, index * 4 + 4).join('')).join(':');
}

function thumbprint(key: KeyObject): string {
  const { crv, kty, x, y } = key.export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
