import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type Authority, ensureAuthority } from './authority.js';
import { certificateNames } from './certificate-names.js';
import { issueCertificate } from './issue-certificate.js';
import { judgeCertificate } from './judge-certificate.js';
import { type KeyKind, keyKinds, keyPrint, makeKey, publicKeyOf } from './keys.js';

const scratch = mkdtempSync(join(tmpdir(), 'ca-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const names = ['registry1', 'registry.example.org', '*.lab.example.org', '192.0.2.7', '2001:db8::7'];
const print = (key: string) => keyPrint(createPublicKey(createPrivateKey(key)));

async function issued(kind: KeyKind, authority: Authority, days = 397) {
  const key = await makeKey(kind);
  return { key, pem: await issueCertificate(authority, { publicKey: publicKeyOf(key), names, days }) };
}

describe.each(keyKinds)('a certificate on an %s key', (kind) => {
  let authority: Authority;
  let key: string;
  let pem: string;
  beforeAll(async () => {
    authority = await ensureAuthority(join(scratch, kind), kind);
    ({ key, pem } = await issued(kind, authority));
  });

  it('is issued by the authority for these names, and for servers only', () => {
    const certificate = new X509Certificate(pem);
    expect(certificate.checkIssued(authority.certificate)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.subject).toBe('CN=registry1');
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.subjectAltName).toBe(
      'DNS:registry1, DNS:registry.example.org, DNS:*.lab.example.org, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7',
    );
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now() - 3_600_000);
    expect(Math.round((Date.parse(certificate.validTo) - Date.now()) / 86_400_000)).toBe(397);
  });

  it('is believed by those who know the authority', async () => {
    const server = createServer({ key, cert: pem });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const trusted = await new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, servername: 'registry1', ca: authority.pem }, () => {
        resolve(socket.authorized);
        socket.destroy();
      }).on('error', reject);
    });
    server.close();
    expect(trusted).toBe(true);
  });

  it('fits, with its own key beside it', () => {
    const wanted = { names, renewDays: 30, authority, keyPrint: print(key) };
    expect(judgeCertificate(pem, wanted).verdict).toBe('fits');
  });
});

describe('a certificate is judged', () => {
  let authority: Authority;
  let other: Authority;
  let key: string;
  let pem: string;
  beforeAll(async () => {
    authority = await ensureAuthority(join(scratch, 'one'), 'ecdsa');
    other = await ensureAuthority(join(scratch, 'two'), 'ecdsa');
    ({ key, pem } = await issued('ecdsa', authority));
  });
  const judge = (of: Partial<Parameters<typeof judgeCertificate>[1]> = {}, text = pem, days = 0) => {
    const now = new Date(Date.now() + days * 86_400_000);
    return judgeCertificate(text, { names, renewDays: 30, authority, keyPrint: print(key), ...of }, now);
  };

  it('by its names, key and time', async () => {
    expect(judge({ names: [...names, 'new.example.org', '192.0.2.8'] })).toEqual({
      verdict: 'renew',
      reasons: ['name new.example.org missing', 'name 192.0.2.8 missing'],
      keepsKey: true,
    });
    expect(judge({ keyPrint: undefined })).toMatchObject({ reasons: ['its key is missing'], keepsKey: false });
    expect(judge({ keyPrint: 'other' })).toMatchObject({ reasons: ['key does not belong'], keepsKey: false });
    expect(judge({}, pem, 397 - 12.5)).toMatchObject({ reasons: ['expires in 12 days'] });
    expect(judge({}, pem, 397 - 0.5)).toMatchObject({ reasons: ['expires in less than a day'] });
    expect(judge({}, pem, 398)).toMatchObject({ reasons: [expect.stringMatching(/^expired on \d{4}-/)] });
    expect(judge({ names: ['web.lab.example.org', '2001:db8:0::7'] }).verdict).toBe('fits');
  });

  it('by who issued it', () => {
    expect(judge({ authority: other })).toMatchObject({
      verdict: 'foreign',
      reason: expect.stringMatching(/^issued by another CA \(CN=provision CA /),
    });
    expect(judge({ authority: undefined }).verdict).toBe('foreign');
    expect(judge({}, 'nonsense')).toEqual({ verdict: 'foreign', reason: 'the file holds no certificate' });
  });

  it('as fitting where it ends with its authority: nothing would be longer', async () => {
    const { key, pem } = await issued('ecdsa', authority, 20 * 365);
    expect(judge({ keyPrint: print(key) }, pem, 3645).verdict).toBe('fits');
  });
});

test('names that no certificate can hold are left out', () => {
  expect(certificateNames(['Registry1', 'registry1', 'with blank', '', '192.0.2.1', 'a,b', '::1'])).toEqual([
    'registry1',
    '192.0.2.1',
    '::1',
  ]);
});
