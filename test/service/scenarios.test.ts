import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveRegistry } from '../../src/registry/server/serve.js';
import { dockerRegistry } from '../registry/docker-registry.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { hasDocker, type RealClients, realClients } from './clients-kit.js';
import { type TestService, testService } from './service-kit.js';
import { trustingRegistry } from './trusting-registry-kit.js';

/*
 * What people did with the first docker registry and its index, by today's docker: pull (A), push (B), delete (C), each with the
 * embedded registry and with docker-registry 2.8; and a registry without an index (D). One with an index before several registries
 * (E) is in front.test.ts.
 */

const bob = ['bob', 'hunter2 hunter2'] as const;
const creds = bob.join(':');

describe.runIf(hasDocker).each(['embedded', 'docker-registry'] as const)('docker, the index and %s', (kind) => {
  let service: TestService;
  let clients: RealClients;
  let host: string;
  let other: { stop(): Promise<unknown> } | undefined;
  const registry = kind === 'embedded' ? 'local' : 'prod';
  const base = `/api/v1/registries/${registry}/repositories/bob%2Fapp`;
  const get = async (path: string) => (await service.send(`GET ${path}`, undefined, bob)).body;
  const found = async (q: string) => (await get(`/api/v1/search?q=${encodeURIComponent(q)}`)).items;
  /** Tokens that were issued to bob, by the log. */
  const tokens = () => service.log.filter((line) => line.includes('token ') && line.includes('"bob"')).join('');

  beforeAll(async () => {
    host = `127.0.0.1:${await freePort()}`;
    service = await testService({
      log: true,
      ...(kind === 'embedded'
        ? { registry_listen: host }
        : { registry: false, registries: [{ name: 'prod', host, read_only: false }] }),
    });
    clients = await realClients(service.folder);
    if (kind === 'docker-registry') {
      other = await trustingRegistry(service, 'prod', host);
    }
    await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
    await clients.login(host, bob);
    const image = await clients.image(`${kind}-scenario`, 2);
    await clients.skopeo('copy', image, `docker-daemon:${host}/bob/app:1`);
  });
  afterAll(async () => {
    await clients.tryDocker('image', 'rm', '-f', `${host}/bob/app:1`, `${host}/carl/app:1`);
    await clients.close();
    await other?.stop();
    await service.close();
  });

  it('B: a push makes the repository, with a token for it alone, and the index has it', async () => {
    expect(await found('bob/app')).toEqual([]);
    const text = await clients.docker('push', `${host}/bob/app:1`);
    const digest = /digest: (sha256:[0-9a-f]{64})/.exec(text)?.[1];
    expect(tokens()).toMatch(/repository:bob\/app:pull,push/);
    await expect.poll(() => found('bob/app tag:1')).toMatchObject([{ kind: 'tag', digest, pushedBy: 'bob' }]);
    await expect.poll(async () => (await get(`${base}/images/${digest}`)).parts?.length).toBe(3);
    expect((await get(`${base}/images/${digest}`)).tags).toEqual(['1']);
  });

  it('B: a name that is not the account’s is not allocated', async () => {
    await clients.docker('tag', `${host}/bob/app:1`, `${host}/carl/app:1`);
    const { status, text } = await clients.tryDocker('push', `${host}/carl/app:1`);
    expect([status, text]).toEqual([1, expect.stringMatching(/denied|unauthorized/)]);
    expect((await service.send('GET /api/v1/repositories')).body.items).toHaveLength(1);
  });

  it('A: a pull gets a token, is served by the registry, and counted by the index', async () => {
    await clients.docker('image', 'rm', '-f', `${host}/bob/app:1`, `${host}/carl/app:1`);
    const before = (await get(base)).pullCount;
    await clients.docker('pull', `${host}/bob/app:1`);
    expect(tokens()).toMatch(/repository:bob\/app:pull\n/);
    await expect.poll(async () => (await get(base)).pullCount).toBeGreaterThan(before);
    expect((await get(`${base}/tags`)).items[0].pulledAt).not.toBeNull();
  });

  it('C: a delete with a token of the index takes the image from the registry, and its records with it', async () => {
    const [{ digest }] = await found('tag:1');
    await clients.skopeo('delete', '--tls-verify=false', '--creds', creds, `docker://${host}/bob/app:1`);
    expect(tokens()).toMatch(/repository:bob\/app:pull,push,delete/);
    await expect.poll(() => found('bob/app')).toEqual([]);
    expect(await found(`digest:${digest}`)).toEqual([]);
    expect((await get('/api/v1/repositories')).items).toEqual([]);
    expect((await service.send(`GET ${base}/images/${digest}`, undefined, bob)).status).toBe(404);
    expect((await get(`${base}/tags/1/history`)).items).toMatchObject([{ digest: null, cause: 'delete' }, { digest }]);
    const { status, text } = await clients.tryDocker('pull', `${host}/bob/app:1`);
    expect([status, text]).toEqual([1, expect.stringMatching(/not found|unknown/)]);
  });
});

describe.runIf(hasDocker).each(['embedded', 'docker-registry'] as const)('D: %s without an index', (kind) => {
  it('serves docker by itself; a service that lists it is not needed for that', async () => {
    const host = `127.0.0.1:${await freePort()}`;
    const service = await testService({ registry: false, registries: [{ name: 'alone', host, read_only: false }] });
    const dir = await mkdtemp(join(tmpdir(), 'provision-alone-'));
    const server =
      kind === 'embedded'
        ? await serveRegistry({ dir: join(dir, 'tree'), port: Number(host.split(':')[1]), delete: true })
        : await dockerRegistry(join(dir, 'tree'), { host });
    const clients = await realClients(dir);
    const reference = `${host}/anybody/app:1`;
    await clients.skopeo('copy', await clients.image(`${kind}-alone`, 2), `docker-daemon:${reference}`);
    await clients.docker('push', reference);
    const { body } = await service.send('POST /api/v1/registries/alone/reconcile');
    expect(body).toMatchObject({ repositories: 1, changes: 1 });
    const hits = (await service.send('GET /api/v1/search?q=tag:1')).body.items;
    expect(hits).toMatchObject([{ registry: 'alone', repository: 'anybody/app', pushedBy: '' }]);
    await service.close();
    await clients.docker('image', 'rm', '-f', reference);
    await clients.docker('pull', reference);
    await clients.docker('image', 'rm', '-f', reference);
    await ('close' in server ? server.close() : server.stop());
    await clients.close();
    await rm(dir, { recursive: true });
  });
});
