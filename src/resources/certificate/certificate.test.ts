import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { z } from 'zod';
import { check, converge, type Setting } from '../../../test/kit/converge-locally.js';
import { ensureAuthority } from '../../pki/authority.js';
import { issueCertificate } from '../../pki/issue-certificate.js';
import { makeKey, publicKeyOf } from '../../pki/keys.js';
import { certificate } from './certificate.js';

const { uid, gid } = userInfo();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certificate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const setting = (more: Setting = {}): Setting => ({ files: { own: (name) => at(`.provision/${name}`) }, ...more });
const wanted = (more: Partial<z.input<typeof certificate.params>> = {}) =>
  certificate({ certificate: at('tls.crt'), key: at('tls.key'), owner: uid, group: gid, key_mode: '0640', ...more });
const summaryOf = async (task: ReturnType<typeof wanted>, more?: Setting) => {
  const plan = await check(task, setting(more));
  return plan.verdict === 'change' || plan.verdict === 'kept' ? `${plan.verdict}: ${plan.summary}` : plan.verdict;
};
const issued = () => new X509Certificate(readFileSync(at('tls.crt')));
const belongs = () => issued().checkPrivateKey(createPrivateKey(readFileSync(at('tls.key'))));
const modeOf = (name: string) => (statSync(at(name)).mode & 0o777).toString(8);
const names = () => readdirSync(folder).sort();

describe("a certificate by the run's own CA", () => {
  it('is issued once, for the names of the host and those given', async () => {
    const task = wanted({ names: ['registry.example.org'] });
    expect(await summaryOf(task)).toBe('change: issued');
    expect(names()).toEqual([]);
    const pass = await converge(task, setting());
    expect(pass.failure).toBeUndefined();
    expect(issued().subjectAltName).toBe(
      'DNS:registry.example.org, DNS:here, DNS:here.example.com, IP Address:192.0.2.1, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(belongs()).toBe(true);
    expect(['tls.crt', 'tls.key'].map(modeOf)).toEqual(['644', '640']);
    expect(names()).toEqual(['.provision', 'tls.crt', 'tls.key']);
    expect(await check(task, setting())).toMatchObject({
      verdict: 'ok',
      note: expect.stringMatching(/^valid until 20/),
    });
  });

  it('is renewed with its key when a name is missing or its time is short', async () => {
    await converge(wanted({ days: 20, renew_days: 5 }), setting());
    const { serialNumber } = issued();
    const key = readFileSync(at('tls.key'), 'utf8');
    const due = wanted({ names: ['new.example.org'] });
    expect(await summaryOf(due)).toBe('change: renewed: name new.example.org missing, expires in 19 days');
    expect((await converge(due, setting())).failure).toBeUndefined();
    expect(issued().serialNumber).not.toBe(serialNumber);
    expect(readFileSync(at('tls.key'), 'utf8')).toBe(key);
    expect(belongs()).toBe(true);
    expect(names()).toEqual(['.provision', 'tls.crt', 'tls.key']);
    expect(await summaryOf(due)).toBe('ok');
  });

  it('gets a new key where the old one is gone or another, which stays beside it', async () => {
    await converge(wanted(), setting());
    rmSync(at('tls.key'));
    expect(await summaryOf(wanted())).toBe('change: renewed: its key is missing');
    expect((await converge(wanted(), setting())).failure).toBeUndefined();
    expect(belongs()).toBe(true);
    const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(at('tls.key'), ed25519);
    expect(await summaryOf(wanted())).toBe('change: renewed: key does not belong');
    expect((await converge(wanted(), setting())).failure).toBeUndefined();
    expect(belongs()).toBe(true);
    expect(names().filter((name) => /^tls\.key\..*\.bak$/.test(name))).toHaveLength(1);
  });

  it('mends owner and mode alone', async () => {
    await converge(wanted(), setting());
    expect(await summaryOf(wanted({ key_mode: '0600' }))).toBe('change: key mode 0640 -> 0600');
    const { serialNumber } = issued();
    expect((await converge(wanted({ key_mode: '0600' }), setting())).failure).toBeUndefined();
    expect([modeOf('tls.key'), issued().serialNumber]).toEqual(['600', serialNumber]);
  });

  it("keeps another CA's, unless forced", async () => {
    await foreign();
    const before = readFileSync(at('tls.crt'), 'utf8');
    const other = issued().issuer.replace('CN=', '');
    expect(await summaryOf(wanted())).toBe(`kept: exists and differs: issued by another CA (CN=${other})`);
    await converge(wanted(), setting());
    expect(readFileSync(at('tls.crt'), 'utf8')).toBe(before);
    expect(await summaryOf(wanted(), { force: true })).toBe(`change: replaced: issued by another CA (CN=${other})`);
    expect((await converge(wanted(), setting({ force: true }))).failure).toBeUndefined();
    expect(belongs()).toBe(true);
    expect(names().filter((name) => name.endsWith('.bak'))).toHaveLength(2);
  });

  it('leaves all as it was where the new one cannot be installed', async () => {
    await converge(wanted(), setting());
    const both = ['tls.crt', 'tls.key'].map((name) => readFileSync(at(name), 'utf8'));
    const pass = await converge(
      wanted({ names: ['new'], certificate: at('tls.crt'), owner: 'nobody-here' }),
      setting(),
    );
    expect(pass.failure).toContain('nobody-here');
    expect(['tls.crt', 'tls.key'].map((name) => readFileSync(at(name), 'utf8'))).toEqual(both);
    expect(names()).toEqual(['.provision', 'tls.crt', 'tls.key']);
  });

  it('is staged without the names of the host that it is staged on', async () => {
    const task = certificate({ certificate: '/tls.crt', key: '/etc/tls.key', owner: uid, group: gid });
    expect((await converge(task, setting({ root: folder }))).failure).toBeUndefined();
    expect(issued().subjectAltName).not.toContain('192.0.2.1');
    expect(existsSync(at('etc/tls.key'))).toBe(true);
  });
});

/** Another authority's certificate for another host, with its key. */
async function foreign(): Promise<void> {
  const key = await makeKey('ecdsa');
  writeFileSync(at('tls.key'), key);
  writeFileSync(at('tls.crt'), await issuedBy('other', key));
}

async function issuedBy(name: string, key: string): Promise<string> {
  const authority = await ensureAuthority(at(`.provision/${name}`), 'ecdsa');
  return issueCertificate(authority, { publicKey: publicKeyOf(key), names: ['here', 'localhost'], days: 100 });
}

const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;

/** Without openssl on the host, a key is known by the bytes of its public half. */
test.each([
  ['PKCS #8, RSA 2048', () => rsa(2048), 'pkcs8'],
  ['PKCS #8, RSA 3072', () => rsa(3072), 'pkcs8'],
  ['PKCS #8, RSA 4096', () => rsa(4096), 'pkcs8'],
  ['PKCS #1, RSA 2048', () => rsa(2048), 'pkcs1'],
  ['PKCS #8, P-256', () => curve('P-256'), 'pkcs8'],
  ['PKCS #8, P-384', () => curve('P-384'), 'pkcs8'],
  ['SEC 1, P-256', () => curve('P-256'), 'sec1'],
] as const)('a key that belongs is known as such: %s', async (_, make, type) => {
  const key = make().export({ type, format: 'pem' }).toString();
  writeFileSync(at('tls.crt'), await issuedBy('ca', key));
  writeFileSync(at('tls.key'), key);
  const plan = await check(wanted(), setting());
  expect(plan).toMatchObject({ verdict: 'change', summary: expect.not.stringContaining('key') });
});
