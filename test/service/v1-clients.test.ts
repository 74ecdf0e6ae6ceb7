import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveRegistry } from '../../src/registry/server/serve.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { hasDocker, type RealClients, realClients } from './clients-kit.js';
import { admin, authorization, type TestService, testService } from './service-kit.js';
import { trustingRegistry } from './trusting-registry-kit.js';

/*
 * Searches by the clients that people have, at each address that there is: the service's own, the registry beside it, and a front. podman
 * shows no account with a search, even when it is logged in, so it finds what is public; docker shows one.
 */

const bob = ['bob', 'hunter2 hunter2'] as const;

describe('docker search and podman search', () => {
  let service: TestService;
  let clients: RealClients;
  let own: string;
  let beside: string;
  let front: string;
  let elsewhere: string;
  let members: { close(): Promise<void> }[];
  let other: { stop(): Promise<unknown> } | undefined;

  beforeAll(async () => {
    const port = await freePort();
    [own, front] = [`127.0.0.1:${port}`, `localhost:${port}`];
    const hosts = await Promise.all([freePort(), freePort(), freePort()]);
    const [first, second] = [`127.0.0.2:${hosts[0]}`, `127.0.0.3:${hosts[1]}`];
    elsewhere = `127.0.0.1:${hosts[2]}`;
    service = await testService({
      listen: own,
      registries: [
        { name: 'prod', host: front, read_only: false, writer: first, replicas: [second] },
        { name: 'third', host: elsewhere, read_only: false },
      ],
    });
    beside = service.registry ?? '';
    clients = await realClients(service.folder);
    const { body } = await service.send('GET /api/v1/token-server', undefined, null);
    const rootcertbundle = join(service.folder, 'token-authority.pem');
    const token = { realm: body.realm, issuer: body.issuer, service: 'prod', rootcertbundle };
    members = await Promise.all(
      [first, second].map(async (address) => {
        const [host = '', memberPort] = address.split(':');
        const dir = join(service.folder, host);
        return await serveRegistry({ dir, host, port: Number(memberPort), delete: true, token });
      }),
    );
    other = await trustingRegistry(service, 'third', elsewhere);
    await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
    const image = await clients.image('v1', 2);
    const push = async (to: string, [name, password]: readonly [string, string]) => {
      await clients.skopeo(
        'copy',
        '--dest-tls-verify=false',
        '--dest-creds',
        `${name}:${password}`,
        image,
        `docker://${to}`,
      );
    };
    await Promise.all([
      push(`${beside}/bob/secret-app:1`, bob),
      push(`${beside}/open/app:1`, admin),
      push(`${beside}/open/both-app:1`, admin),
      push(`${front}/open/front-app:1`, admin),
      push(`${front}/open/both-app:1`, admin),
      push(`${elsewhere}/open/third-app:1`, admin),
      push(`${elsewhere}/bob/third-secret-app:1`, bob),
    ]);
    await service.send('PUT /api/v1/visibilities', { path: 'open/', visibility: 'public' });
    await service.send('POST /api/v1/registries/prod/reconcile');
  });
  afterAll(async () => {
    await clients.close();
    await other?.stop();
    for (const member of members) await member.close();
    await service.close();
  });

  const resultsOf = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`http://${url}`, { headers });
    const { results } = (await answer.json()) as { results: { name: string; description: string }[] };
    return results;
  };
  const searched = async (...given: Parameters<typeof resultsOf>) =>
    (await resultsOf(...given)).map(({ name }) => name);
  const open = ['open/app', 'open/both-app', 'open/front-app', 'open/third-app'];

  it('finds all, each name once, those of the registry that is asked first', async () => {
    await expect.poll(async () => await searched(`${own}/v1/search?q=app`)).toEqual(open);
    expect(await searched(`${beside}/v1/search?q=app`)).toEqual(open);
    expect(await searched(`${front}/v1/search?q=app`)).toEqual([
      'open/both-app',
      'open/front-app',
      'open/app',
      'open/third-app',
    ]);
    expect(await searched(`${beside}/v1/search?q=app`, authorization(bob))).toEqual([
      'bob/secret-app',
      'open/app',
      'open/both-app',
      'bob/third-secret-app',
      'open/front-app',
      'open/third-app',
    ]);
    expect(await resultsOf(`${beside}/v1/search?q=both`)).toMatchObject([{ name: 'open/both-app', description: '' }]);
    const description = `(at ${front}/open/front-app)`;
    expect(await resultsOf(`${beside}/v1/search?q=front`)).toMatchObject([{ name: 'open/front-app', description }]);
  });

  it('a path is about the registry that is asked; at the address of the service, about the first that has it', async () => {
    const status = async (url: string) => (await fetch(`http://${url}/tags`, { headers: authorization(bob) })).status;
    const paths = ['open/app', 'open/front-app', 'open/third-app'].map((name) => `v1/repositories/${name}`);
    const at = async (host: string) => await Promise.all(paths.map((path) => status(`${host}/${path}`)));
    expect([await at(own), await at(beside), await at(front)]).toEqual([
      [200, 200, 200],
      [200, 404, 404],
      [404, 200, 404],
    ]);
  });

  it('what a registry elsewhere could do with a token that it was shown is to search itself', async () => {
    const token = async (registry: string) =>
      (await service.token(`service=${registry}&scope=registry:catalog:search`, bob)).body.token;
    const found = async (registry: string) =>
      await searched(`${own}/v1/search?q=secret`, { Authorization: `Bearer ${await token(registry)}` });
    expect(await found('third')).toEqual(['bob/third-secret-app']);
    expect((await found('local')).toSorted()).toEqual(['bob/secret-app', 'bob/third-secret-app']);
    const push = (await service.token('service=third&scope=repository:bob/secret-app:pull,push,delete', bob)).body
      .token;
    const answer = await fetch(`http://${own}/v1/repositories/bob/secret-app/tags`, {
      headers: { Authorization: `Bearer ${push}` },
    });
    expect(answer.status).toBe(404);
  });

  it('podman finds what is public, at each address, logged in or not', async () => {
    for (const host of [own, beside, front]) {
      const text = await clients.podman('search', '--tls-verify=false', '--format', '{{.Name}}', `${host}/app`);
      expect(text.trim().split('\n').toSorted()).toEqual(open.map((name) => `${host}/${name}`));
    }
    await clients.podman('search', '--tls-verify=false', '--limit', '2', '--format', '{{.Name}}', `${own}/app`);
    await clients.login(beside, bob);
    const text = await clients.podman('search', '--tls-verify=false', '--format', '{{.Name}}', `${beside}/app`);
    expect(text.trim().split('\n').toSorted()).toEqual(open.map((name) => `${beside}/${name}`));
    expect(await clients.podman('search', '--tls-verify=false', '--format', '{{.Name}}', `${beside}/secret`)).toBe(
      '\n',
    );
  });

  it.runIf(hasDocker)('docker finds what is public without an account (docker)', async () => {
    for (const host of [own, beside, front]) {
      const text = await clients.docker('search', '--format', '{{.Name}}', `${host}/open`);
      expect(text.trim().split('\n').toSorted()).toEqual(open); // Without the address, which podman puts before.
    }
  });

  it.runIf(hasDocker)('docker finds by its login what its account may see (docker)', async () => {
    await clients.login(beside, bob);
    const text = await clients.docker('search', '--format', '{{.Name}}', `${beside}/secret`);
    expect(text.trim().split('\n').toSorted()).toEqual(['bob/secret-app', 'bob/third-secret-app']);
    const limited = await clients.docker('search', '--limit', '1', '--format', '{{.Name}}', `${beside}/app`);
    expect(limited.trim().split('\n')).toHaveLength(1);
  });
});
