import { createVerify, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { akamaiToken } from './akamai-links.js';
import { cloudFrontLinks } from './cloudfront-links.js';
import { craneLinks, craneToken } from './crane-links.js';
import { signedUntil } from './link-signer.js';
import { nginxLinks } from './nginx-links.js';

const url = 'https://cdn.example.com/zoo/blobs/sha256:abc';

it('the end of an address is rounded up, so that two of five minutes are equal', () => {
  const at = (seconds: number) => signedUntil(1200, seconds * 1000);
  expect(at(1_700_000_100)).toBe(1_700_001_300);
  expect(at(1_700_000_101)).toBe(1_700_001_600);
  expect(at(1_700_000_399)).toBe(1_700_001_600);
});

describe("Crane's own addresses", () => {
  const path = '/zoo/bar/manifests/2/1.25.1-musl';

  it.each([
    ['sha256', '058c786ef125b8c7b34bfcce63862da0ce7396cdcc226a4e3dda3b83eb7207d5'],
    ['sha1', 'a639aee28545f7a2f5fa8e48ca75ce22de359e4e'],
    ['md5', '82efeba341f13b76e5287d2ea0ba800e'],
  ] as const)('have the token that Crane made with %s', (algorithm, hex) => {
    expect(craneToken(path, 'abc123', 1524660654, algorithm)).toBe(`exp=1524660654~hmac=${hex}`);
  });

  it('replace a text wherever it stands, and nothing is special in what it is replaced by', async () => {
    const { sign } = craneLinks({ match: 'cdn.', replace: '$&.edge.' });
    expect(await sign('http://cdn.a/cdn.b', 1)).toBe('http://$&.edge.a/$&.edge.b');
    expect(await craneLinks({ match: 'cdn.' }).sign(url, 1)).toBe(url);
  });

  it('are signed over the path that the client will ask for', async () => {
    const links = craneLinks({ match: '/zoo', replace: '/new', secret: 'abc123', parameter: '_auth_' });
    expect(await links.sign('http://cdn.example.com/zoo/x', 1524660654)).toBe(
      `http://cdn.example.com/new/x?_auth_=${craneToken('/new/x', 'abc123', 1524660654, 'sha256')}`,
    );
  });
});

describe("Akamai's tokens", () => {
  const key = 'aabbccddeeff00112233445566778899';
  const until = 1_700_000_000;

  // Made with Akamai's generator in Python.
  it('are those of its own generator', () => {
    expect(akamaiToken({ key }, '/zoo/blobs/sha256:abc', until)).toBe(
      'exp=1700000000~hmac=2431ed2d367a2785fda7f32e37f56927593b5554e0821e7372e0080d07cbd46a',
    );
    const all = { key, window: 1000, ip: '192.0.2.7', id: 's 1', data: 'a=b&c(d)', salt: 'pepper' };
    expect(akamaiToken({ ...all, algorithm: 'sha1', acl: ['/zoo/*', '/all/*'] }, '/', until)).toBe(
      'ip=192.0.2.7~st=1699999000~exp=1700000000~acl=/zoo/*!/all/*~id=s 1~data=a=b&c(d)~hmac=7373a246e857a439e986aea2228e25f8c125eea3',
    );
    const escaped = { key, id: 's 1', data: 'a=b&c(d)*!', salt: 'pepper', algorithm: 'md5', escape: true } as const;
    expect(akamaiToken(escaped, '/zoo/blobs/sha256:abc', until)).toBe(
      'exp=1700000000~id=s+1~data=a%3db%26c%28d%29%2a%21~hmac=0f2d009564213d2749b6f5bff248e9d7',
    );
  });
});

describe('addresses of CloudFront', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = (pair: typeof rsa) => pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const bytes = (text: string | null) =>
    Buffer.from((text ?? '').replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64');

  it.each([
    ['RSA', rsa, 'sha1'],
    ['RSA', rsa, 'sha256'],
    ['ECDSA', ec, 'sha1'],
    ['ECDSA', ec, 'sha256'],
  ] as const)('with a canned policy are signed by %s', async (_, pair, hash) => {
    const signed = await cloudFrontLinks({ keyPairId: 'K2', privateKey: pem(pair), hash }).sign(url, 1_700_000_100);
    expect(signed.startsWith(`${url}?Expires=1700000100&Signature=`)).toBe(true);
    const query = new URL(signed).searchParams;
    expect(query.get('Key-Pair-Id')).toBe('K2');
    expect(query.get('Hash-Algorithm')).toBe(hash === 'sha256' ? 'SHA256' : null);
    // The text that CloudFront itself makes of the address and its end.
    const policy = `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":1700000100}}}]}`;
    expect(
      createVerify(hash)
        .update(policy)
        .verify(pair.publicKey, bytes(query.get('Signature'))),
    ).toBe(true);
    expect(
      createVerify(hash)
        .update(`${policy} `)
        .verify(pair.publicKey, bytes(query.get('Signature'))),
    ).toBe(false);
  });

  it('with a custom policy carry it, and one policy opens many', async () => {
    const policy = { resource: 'https://cdn.example.com/zoo/*', window: 100, network: '192.0.2.0/24' };
    const links = cloudFrontLinks({ keyPairId: 'K2', privateKey: pem(rsa), policy });
    const query = new URL(await links.sign(url, 1_700_000_100)).searchParams;
    const text = bytes(query.get('Policy')).toString();
    expect(JSON.parse(text)).toEqual({
      Statement: [
        {
          Resource: 'https://cdn.example.com/zoo/*',
          Condition: {
            DateLessThan: { 'AWS:EpochTime': 1_700_000_100 },
            DateGreaterThan: { 'AWS:EpochTime': 1_700_000_000 },
            IpAddress: { 'AWS:SourceIp': '192.0.2.0/24' },
          },
        },
      ],
    });
    expect(
      createVerify('sha1')
        .update(text)
        .verify(rsa.publicKey, bytes(query.get('Signature'))),
    ).toBe(true);
    const other = new URL(await links.sign('https://cdn.example.com/zoo/other', 1_700_000_100)).searchParams;
    expect(other.get('Policy')).toBe(query.get('Policy'));
  });

  it('are not made with a key that CloudFront does not take', () => {
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    expect(() => cloudFrontLinks({ keyPairId: 'K2', privateKey: pem(curve) })).toThrow(/of a kind/);
    expect(() => cloudFrontLinks({ keyPairId: 'K2', privateKey: 'no key' })).toThrow(/cannot be read/);
  });
});

describe('addresses for nginx', () => {
  it('have the hash that the documentation of nginx makes with openssl', async () => {
    // echo -n '2147483647/s/link127.0.0.1 secret' | openssl md5 -binary | openssl base64 | tr +/ -_ | tr -d =
    const links = nginxLinks({ expression: '$secure_link_expires$uri$remote_addr secret', client: '127.0.0.1' });
    expect(await links.sign('http://cdn.example.com/s/link', 2147483647)).toBe(
      'http://cdn.example.com/s/link?md5=_e4Nc3iduzkWRm01TBBNYw&expires=2147483647',
    );
  });

  it.each([
    ['$secure_link_expires$uri$host secret', /\$host/],
    ['$secure_link_expires secret', /without \$uri/],
    ['$uri$remote_addr secret', /no client is named/],
  ])('are not made by %s', (expression, message) => {
    expect(() => nginxLinks({ expression })).toThrow(message);
  });
});
