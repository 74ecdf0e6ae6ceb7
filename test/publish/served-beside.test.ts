import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServiceConfig } from '../../src/service/config/config-schema.js';
import { serviceOptions } from '../../src/service/config/service-options.js';
import { provision } from '../kit/provision.js';
import { layoutFiles, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { type TestService, testService } from '../service/service-kit.js';
import { gateway, gatewayEnvironment } from './bucket-kit.js';
import { ask, writeFiles } from './crane-kit.js';
import { run, writeTar } from './published-kit.js';

/* What vendors publish, pulled from an address of the service itself. */

const bucket = `beside-${randomBytes(6).toString('hex')}`;
const amd64 = makeImage({ layers: ['base', 'amd64'] });
const both = makeIndex({ amd64, arm64: makeImage({ layers: ['base', 'arm64'], architecture: 'arm64' }) });

let folder: string;
const at = (name: string) => join(folder, name);
const publish = async (...words: string[]) => {
  const { status, stderr } = await provision(['publish', ...words], { cwd: folder, env: gatewayEnvironment() });
  expect(status, stderr).toBe(0);
};
const serve = (more: ServiceConfig) => testService({ registry: false, publish_listen: '127.0.0.1:0', ...more }, false);

/** Writes the file of vendors: `acme` is private, `zeta` a folder with an address of its own. */
function writeVendors(more: object = {}): void {
  const acme = {
    to: `s3://${bucket}/images`,
    endpoint: gateway().endpoint,
    apps: { 'team/web': { source: './web.tar' } },
  };
  const zeta = { to: './published', url: 'http://127.0.0.1:1/cdn', apps: { other: { source: './web.tar' } } };
  writeFileSync(at('vendors.yaml'), JSON.stringify({ vendors: { acme, zeta }, ...more }, null, 1));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'served-beside-'));
  for (const [name, value] of Object.entries(gatewayEnvironment())) vi.stubEnv(name, value);
  writeTar(at('web.tar'), entriesOf(layoutFiles([{ image: both, annotations: refName('web:1.0') }])));
  writeFileSync(at('crane.conf'), '[general]\ndata_dir_polling_interval: 1\n');
  writeVendors();
  await publish('setup', 'acme');
});
beforeEach(() => writeVendors());
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('publications beside the service', () => {
  let service: TestService;
  const url = () => service.publications ?? '';
  const pull = async (name: string) => {
    const to = mkdtempSync(at('pulled-'));
    const from = `docker://${new URL(url()).host}/${name}`;
    await run('skopeo', '--insecure-policy', 'copy', '--all', '--src-tls-verify=false', from, `dir:${to}`);
    return readFileSync(join(to, 'manifest.json'));
  };
  const statusOf = async (path: string) => (await ask(url(), path)).status;
  beforeAll(async () => {
    service = await serve({ vendors: at('vendors.yaml'), publish_config: at('crane.conf') });
  });
  afterAll(() => service.close());

  it('are there as soon as they are published, from a private bucket by signed addresses', async () => {
    expect(await statusOf('/v2/team/web/tags/list')).toBe(404);
    await publish('publish', 'acme', 'team/web');
    await vi.waitFor(async () => expect(await statusOf('/v2/team/web/tags/list')).toBe(200), 10_000);
    expect((await pull('team/web:1.0')).equals(both.raw.bytes)).toBe(true);
    const [blob = ''] = amd64.blobs.keys();
    const { headers } = await ask(url(), `/v2/team/web/blobs/${blob}`);
    expect(headers.location).toMatch(/[?&]X-Amz-Signature=/);
    expect((await fetch(String(headers.location))).status).toBe(200);
  });

  it('are led to as they are where anybody may read them', async () => {
    await publish('publish', 'zeta', 'other');
    await vi.waitFor(async () => {
      const { status, headers } = await ask(url(), '/v2/other/manifests/1.0');
      expect([status, headers.location]).toEqual([
        302,
        expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/cdn\/other\/manifests\/[^?]*$/),
      ]);
    }, 10_000);
  });

  it('are found by docker search', async () => {
    expect(JSON.parse((await ask(url(), '/v1/search?q=web')).body)).toMatchObject({ results: [{ name: 'team/web' }] });
  });

  it('stay while the file of vendors is broken, which is said once with its place', async () => {
    service.log.length = 0;
    writeFileSync(at('vendors.yaml'), 'vendors:\n  acme: {to: }\n');
    await vi.waitFor(
      () => expect(service.log.join('')).toMatch(/error publications: .*vendors\.yaml:2:\d+: .*to/),
      10_000,
    );
    await new Promise((passed) => setTimeout(passed, 2500));
    expect(service.log.filter((line) => line.includes('publications:'))).toHaveLength(1);
    expect((await pull('team/web:1.0')).equals(both.raw.bytes)).toBe(true);
  });

  it('go with their folder when the file names another', async () => {
    const before = url();
    renameSync(at('redirects'), at('elsewhere'));
    writeVendors({ redirects: 'none-yet' });
    await vi.waitFor(async () => expect(await statusOf('/v2/team/web/tags/list')).toBe(404), 10_000);
    writeVendors({ redirects: 'elsewhere' });
    await vi.waitFor(async () => expect(await statusOf('/v2/team/web/tags/list')).toBe(200), 10_000);
    expect(url()).toBe(before);
    renameSync(at('elsewhere'), at('redirects'));
  });

  it('of a vendor without credentials are led to, as others are, and it is said', async () => {
    const apps = { web: { source: './web.tar' } };
    const lost = { to: 's3://lost-images', endpoint: gateway().endpoint, profile: 'nobody-has-this', apps };
    const zeta = { to: './published', url: 'http://127.0.0.1:1/cdn', apps: {} };
    service.log.length = 0;
    writeFileSync(at('vendors.yaml'), JSON.stringify({ vendors: { lost, zeta } }));
    writeFiles(at('redirects/lost'), {
      'lost-web.json': { version: 2, repository: 'web', 'repo-registry-id': 'lost', url: 'http://127.0.0.1:1/lost/' },
    });
    await vi.waitFor(
      () => expect(service.log.join('')).toMatch(/error publications: lost: .*there are no credentials for/),
      10_000,
    );
    await vi.waitFor(async () => expect(await statusOf('/v2/lost/manifests/latest')).toBe(302), 10_000);
    expect((await ask(url(), '/v2/team/web/tags/list')).status).toBe(302);
  });
});

describe('a file of vendors that is broken from the beginning', () => {
  it('keeps the service up, and publications come when it is mended', async () => {
    writeFileSync(at('vendors.yaml'), 'vendors: [');
    const listen = `127.0.0.1:${await freePort()}`;
    const service = await serve({
      vendors: at('vendors.yaml'),
      publish_config: at('crane.conf'),
      publish_listen: listen,
    });
    try {
      expect(service.publications).toBeUndefined();
      expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
      expect(service.log.join('')).toMatch(/error publications: .*vendors\.yaml:1:\d+/);
      writeVendors();
      await vi.waitFor(async () => expect((await ask(`http://${listen}`, '/v2/')).status).toBe(200), 10_000);
    } finally {
      await service.close();
    }
  });
});

describe('a folder of redirect files without vendors', () => {
  it('is served by a configuration of Crane, with its own signatures', async () => {
    const metadata = at('metadata');
    mkdirSync(metadata, { recursive: true });
    writeFiles(metadata, {
      'bar.json': { version: 2, repository: 'bar', 'repo-registry-id': 'bar', url: 'http://cdn.example.com/bar/' },
    });
    const config = `[general]\ndata_dir: ${metadata}\n[cdn]\nurl_auth_secret: aabbcc\n`;
    writeFileSync(at('signing.conf'), config);
    const service = await serve({ publish_config: at('signing.conf') });
    try {
      const { headers } = await ask(service.publications ?? '', '/v2/bar/manifests/latest');
      expect(headers.location).toMatch(/^http:\/\/cdn\.example\.com\/bar\/manifests\/latest\?_auth_=exp=\d+~hmac=/);
    } finally {
      await service.close();
    }
  });
});

it('an address that another program has stops the start', async () => {
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  const address = taken.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await expect(serve({ vendors: at('vendors.yaml'), publish_listen: `127.0.0.1:${port}` })).rejects.toThrow(
    /EADDRINUSE/,
  );
  await new Promise((done) => taken.close(done));
});

it.each([
  [{ publish_listen: '127.0.0.1:0' }, /nothing says where the redirect files are/],
  [{ publish_config: 'crane.conf' }, /publish_config is for an address of publications/],
  [{ publish_listen: '0.0.0.0:5001', vendors: 'vendors.yaml' }, /unencrypted.*--tls-cert/],
  [{ publish_listen: '127.0.0.1:0', vendors: 'vendors.yaml', publish_client_ca: 'ca.pem' }, /need TLS/],
])('%j is refused before anything is opened', (given, said) => {
  const files = { vendors: 'vendors' in given ? at(given.vendors) : undefined };
  const config = 'publish_config' in given ? { publish_config: at(given.publish_config) } : {};
  expect(() => serviceOptions({ ...given, ...files, ...config }, {}, undefined)).toThrow(said);
});

it.each([
  ['[genral]\n', /unknown section \[genral\]/],
  ['[general]\nendpoint: example.com\n', /nothing says where the redirect files are/],
])('a configuration of Crane as %j is refused before anything is opened', async (text, said) => {
  writeFileSync(at('wrong.conf'), text);
  const state = at('untouched');
  await expect(serve({ state, publish_config: at('wrong.conf') })).rejects.toThrow(said);
  expect(existsSync(state)).toBe(false);
});
