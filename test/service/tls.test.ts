import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signCertificate } from '../../src/pki/issue-certificate.js';
import { makeKey, publicKeyOf } from '../../src/pki/keys.js';
import { makeAuthority } from '../../src/pki/make-authority.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { type RealClients, realClients } from './clients-kit.js';
import { admin, type TestService, testService } from './service-kit.js';

/*
 * A service on all addresses, by TLS, with a certificate of an authority that only clients know: it is for the name that clients
 * use, so the service reaches neither itself nor the registry beside it by that certificate.
 */

let folder: string;
let service: TestService;
let clients: RealClients;
let registry: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-tls-'));
  const authority = await makeAuthority('ecdsa');
  const key = await makeKey('ecdsa');
  const certificate = signCertificate(
    { pem: authority.certificate, key: authority.key },
    { publicKey: publicKeyOf(key), names: ['localhost'], days: 2 },
  );
  const [tls_cert, tls_key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(tls_cert, certificate);
  await writeFile(tls_key, key, { mode: 0o600 });
  await mkdir(join(folder, 'trusted'));
  await writeFile(join(folder, 'trusted/ca.crt'), authority.certificate);
  const port = await freePort();
  service = await testService(
    {
      listen: `0.0.0.0:${port}`,
      registry_listen: '0.0.0.0:0',
      url: `https://localhost:${port}`,
      tls_cert,
      tls_key,
    },
    false,
  );
  registry = service.registry ?? '';
  clients = await realClients(service.folder);
  await curl('POST', '/api/v1/setup', { token: service.setupToken, name: admin[0], password: admin[1] }, []);
});
afterAll(async () => {
  await clients.close();
  await service.close();
  await rm(folder, { recursive: true });
});

async function curl(method: string, path: string, body?: unknown, as = ['-u', admin.join(':')]) {
  const { stdout } = await execa('curl', [
    '-sS',
    '--cacert',
    join(folder, 'trusted/ca.crt'),
    ...as,
    '-X',
    method,
    ...(body === undefined ? [] : ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)]),
    `${service.url}${path}`,
  ]);
  return JSON.parse(stdout);
}

it('names the registry as clients do', () => {
  expect(registry).toMatch(/^localhost:\d+$/);
});

it('knows what was pushed to the registry beside it, and looks at it', async () => {
  const trusted = `--dest-cert-dir=${join(folder, 'trusted')}`;
  const image = await clients.image('tls', 2);
  await clients.skopeo('copy', trusted, '--dest-creds', admin.join(':'), image, `docker://${registry}/team/app:1`);
  const items = async () => (await curl('GET', '/api/v1/search?q=platform:linux/*')).items;
  await expect.poll(items).toMatchObject([{ repository: 'team/app', tag: '1', pushedBy: 'anna' }]);
  expect(await curl('POST', '/api/v1/registries/local/reconcile')).toMatchObject({ repositories: 1, changes: 0 });
  const [state] = (await curl('GET', '/api/v1/registries')).items;
  expect(state).toMatchObject({ address: registry, error: '' });
  expect(service.log.filter((line) => line.includes('error')).join('')).toBe('');
});

it('podman pulls with the authority, and not without it', async () => {
  const args = ['--creds', admin.join(':'), `${registry}/team/app:1`];
  await clients.podman('pull', '--cert-dir', join(folder, 'trusted'), ...args);
  await expect(clients.podman('pull', '--cert-dir', folder, ...args)).rejects.toThrow(/certificate/);
});
