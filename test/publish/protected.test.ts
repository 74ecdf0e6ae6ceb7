import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificatesIn, type MadeCertificate } from '../registry/client/make-certificates.js';
import { redirectFiles, startCrane, type TestCrane } from './crane-kit.js';

/** `/content/dist/$releasever/never` and `/content/dist/always`, as subscription-manager's reader has it. */
const pathTree = '789ccb4b2d4b2d6248cc294fac2c6650294acd494d2c060b25e7e795a4e69530a4641697300000108f0db30534fbdab940';
const namespace = '1.3.6.1.4.1.2312.9';
const version1 = (...paths: readonly string[]) => [
  `${namespace}.4.1=ASN1:UTF8String:Order`,
  ...paths.map((path, at) => `${namespace}.2.${1000 + at}.1.6=ASN1:UTF8String:${path}`),
];
const version3 = [`${namespace}.6=ASN1:UTF8String:3.2`, `${namespace}.7=ASN1:FORMAT:HEX,OCTETSTRING:${pathTree}`];

let folder: string;
let ca: string;
let server: MadeCertificate;
let files: Record<string, unknown>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-entitled-'));
  const authority = certificatesIn(folder);
  ca = authority.ca;
  server = authority.issue('server');
  files = {
    ...redirectFiles,
    'always.json': { ...redirectFiles['v2/bar.json'], ...secret('always', '/content/dist/always/x') },
    'near.json': { ...redirectFiles['v2/bar.json'], ...secret('near', '/content/dist/secrets') },
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

function secret(name: string, path: string) {
  return { repository: name, 'repo-registry-id': name, url: `http://cdn.example.com${path}`, protected: true };
}

/** Certificate of a client, signed by the authority or by itself. */
function client(name: string, extensions: readonly string[], isKnown = true): MadeCertificate {
  const at = (end: string) => join(folder, `${name}.${end}`);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  writeFileSync(at('ext'), `${extensions.join('\n').replaceAll('$', '\\$')}\n`);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', at('key'), '-out', at('csr'));
  const by = isKnown ? ['-CA', ca, '-CAkey', join(folder, 'ca.key'), '-CAcreateserial'] : ['-signkey', at('key')];
  openssl('x509', '-req', '-in', at('csr'), ...by, '-extfile', at('ext'), '-days', '1', '-out', at('crt'));
  return { cert: at('crt'), key: at('key') };
}

describe('a protected repository behind our own TLS', () => {
  let crane: TestCrane;
  beforeAll(async () => {
    crane = await startCrane(files, { tls: { ...server, clientCa: ca } });
  });
  afterAll(() => crane.close());

  const status = (path: string, by?: MadeCertificate) =>
    new Promise<number>((resolve, reject) => {
      const own = by === undefined ? {} : { cert: readFileSync(by.cert), key: readFileSync(by.key) };
      const url = new URL(path, crane.url);
      const sent = request(url, { ca: readFileSync(ca), agent: false, ...own }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject);
      sent.end();
    });
  const [secretTags, alwaysTags, nearTags] = ['redhat/secret', 'always', 'near'].map((name) => `/v2/${name}/tags/list`);

  it('is there for a certificate of version 1 whose paths cover it, and for no other', async () => {
    const one = client('one', version1('/content/dist/secret', '/content/other'));
    const variable = client('variable', version1('/content/$any/secret/'));
    const deeper = client('deeper', version1('/content/dist/secret/below'));
    expect(await status(secretTags ?? '', one)).toBe(302);
    expect(await status(secretTags ?? '', variable)).toBe(302);
    expect(await status(secretTags ?? '', deeper)).toBe(404);
    expect(await status(alwaysTags ?? '', one)).toBe(404);
    expect(await status(nearTags ?? '', one), 'the beginning of a word').toBe(404);
    expect(await status(secretTags ?? '')).toBe(404);
    expect(await status('/v2/bar/tags/list')).toBe(302);
  });

  it('is there for a certificate of version 3 whose tree covers it', async () => {
    const three = client('three', version3);
    expect(await status(alwaysTags ?? '', three)).toBe(302);
    expect(await status(secretTags ?? '', three)).toBe(404);
  });

  it('is not there for certificates that are no entitlements, or of an unknown authority', async () => {
    expect(await status(secretTags ?? '', client('plain', ['basicConstraints=CA:FALSE']))).toBe(404);
    expect(await status(secretTags ?? '', client('stranger', version1('/content/dist/secret'), false))).toBe(404);
    const noOrder = version1('/content/dist/secret').slice(1);
    expect(await status(secretTags ?? '', client('product', noOrder))).toBe(404);
  });

  it('opens images of version 1 alike', async () => {
    const one = client('images', version1('/content/dist/baz'));
    expect(await status('/v1/images/baz000/json', one)).toBe(302);
    expect(await status('/v1/images/baz000/json')).toBe(404);
    expect(await status('/v1/images/abc123/json'), 'an open repository has it too').toBe(302);
    expect(await status('/v1/repositories/redhat/baz/tags', one)).toBe(200);
  });
});

describe('a protected repository behind a proxy', () => {
  const pem = () => readFileSync(client('proxied', version1('/content/dist/secret')).cert, 'utf8');
  const path = '/v2/redhat/secret/tags/list';

  it('is there for the certificate in the header, in each form that proxies write', async () => {
    const crane = await startCrane(files, { proxied: { header: 'X-SSL-Client-Cert', proxies: ['127.0.0.1'] } });
    try {
      const text = pem();
      const base64 = text.replaceAll(/-----.*-----|\s/g, '');
      const forms = [encodeURIComponent(text), text.trim().replaceAll('\n', ' '), base64, `:${base64}:`];
      for (const value of forms) {
        expect((await crane.ask(path, { headers: { 'x-ssl-client-cert': value } })).status, value.slice(0, 30)).toBe(
          302,
        );
      }
      for (const value of ['', '(null)', '%', 'aGVsbG8=', encodeURIComponent('-----BEGIN CERTIFICATE-----')]) {
        expect((await crane.ask(path, { headers: { 'x-ssl-client-cert': value } })).status, value).toBe(404);
      }
      expect(crane.errors).toEqual([]);
    } finally {
      await crane.close();
    }
  });

  it.each([
    ['no proxy is trusted', undefined],
    ['another proxy is trusted', { header: 'X-SSL-Client-Cert', proxies: ['192.0.2.0/24'] }],
  ])('is not there where %s', async (_, proxied) => {
    const crane = await startCrane(files, { proxied });
    try {
      const headers = { 'x-ssl-client-cert': encodeURIComponent(pem()) };
      expect((await crane.ask(path, { headers })).status).toBe(404);
    } finally {
      await crane.close();
    }
  });
});
