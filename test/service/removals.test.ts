import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, ServiceProblem } from '../../src/service-client/connect.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { type RealClients, realClients } from './clients-kit.js';
import { admin, type TestService, testService } from './service-kit.js';
import { trustingRegistry } from './trusting-registry-kit.js';

const [bob, carl] = [
  ['bob', 'hunter2 hunter2'],
  ['carl', 'hunter3 hunter3'],
] as const;

describe.each(['embedded', 'docker-registry'] as const)('what the API deletes of %s', (kind) => {
  let service: TestService;
  let clients: RealClients;
  let host: string;
  let other: { stop(): Promise<unknown> } | undefined;
  let image: string;
  const registry = kind === 'embedded' ? 'local' : 'prod';
  const place = { registry, repository: 'bob/app' };
  const base = `/api/v1/registries/${registry}/repositories/bob%2Fapp`;
  const as = ([name, password]: readonly [string, string]) =>
    connect({ url: service.url, account: { name, password } });
  const plain = ['--src-tls-verify=false', '--dest-tls-verify=false', '--dest-creds', bob.join(':')];
  const push = (name: string, from = image) => clients.skopeo('copy', ...plain, from, `docker://${host}/${name}`);
  const there = async (name: string) =>
    await clients
      .skopeo('inspect', '--raw', '--tls-verify=false', '--creds', bob.join(':'), `docker://${host}/${name}`)
      .then(
        () => true,
        () => false,
      );
  const tags = async (): Promise<string[]> => {
    const { body } = await service.send(`GET ${base}/tags`, undefined, bob);
    return (body.items ?? []).map(({ name }: { name: string }) => name);
  };
  const digestOf = async (tag: string): Promise<string> => {
    const { items } = (await service.send(`GET ${base}/tags`, undefined, bob)).body;
    return items.find(({ name }: { name: string }) => name === tag).digest;
  };

  beforeAll(async () => {
    host = `127.0.0.1:${await freePort()}`;
    service = await testService(
      kind === 'embedded'
        ? { registry_listen: host }
        : { registry: false, registries: [{ name: 'prod', host, read_only: false }] },
    );
    clients = await realClients(service.folder);
    if (kind === 'docker-registry') other = await trustingRegistry(service, 'prod', host);
    for (const [name, password] of [bob, carl]) await service.send('POST /api/v1/users', { name, password });
    image = await clients.image(`${kind}-removals`, 2);
  });
  afterAll(async () => {
    await clients.close();
    await other?.stop();
    await service.close();
  });
  beforeEach(async () => {
    for (const tag of ['1', '1.0']) await push(`bob/app:${tag}`);
    await expect.poll(tags).toEqual(['1', '1.0']);
  });

  it('a tag goes, its image and the other tags of it stay', async () => {
    const digest = await digestOf('1');
    expect(await as(bob).images.removeTag(place, '1')).toMatchObject({ digest, siblings: ['1.0'] });
    expect(await tags()).toEqual(['1.0']);
    expect([await there('bob/app:1'), await there('bob/app:1.0')]).toEqual([false, true]);
    const [move] = await as(bob).images.history(place, '1');
    expect(move).toMatchObject({ digest: null, by: 'bob', cause: 'delete' });
    expect((await service.send(`DELETE ${base}/tags/1`, undefined, bob)).status).toBe(404);
  });

  it('an image goes with its tags, once that was said', async () => {
    const digest = await digestOf('1');
    const refused = await as(bob)
      .images.removeImage(place, digest)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ServiceProblem);
    expect(refused).toMatchObject({ status: 409, message: expect.stringMatching(/1, 1\.0 would be deleted with it/) });
    expect(await as(bob).images.removeImage(place, digest, { withTags: true })).toMatchObject({
      tags: ['1', '1.0'],
      digests: [digest],
    });
    expect([await tags(), await there(`bob/app@${digest}`)]).toEqual([[], false]);
    expect((await service.send(`DELETE ${base}/images/${digest}`, undefined, bob)).status).toBe(404);
  });

  it('a repository goes with all that it has, and can be pushed again', async () => {
    const digest = await digestOf('1');
    await push('bob/other:1');
    expect(await as(bob).images.removeRepository(place)).toMatchObject({ tags: ['1', '1.0'], digests: [digest] });
    const names = [];
    for await (const { name } of as(bob).images.repositories()) names.push(name);
    expect(names).not.toContain('bob/app');
    expect([await there('bob/app:1'), await there('bob/other:1')]).toEqual([false, true]);
    await push('bob/app:1');
    await expect.poll(tags).toEqual(['1']);
  });

  it('takes the right to delete there; to others it is not there', async () => {
    const one = `DELETE ${base}/tags/1`;
    expect((await service.send(one, undefined, null)).status).toBe(401);
    expect((await service.send(one, undefined, carl)).status).toBe(404);
    const grant = { subject: { kind: 'account', name: 'carl' }, path: 'bob/app', role: 'pusher' };
    const { id } = (await service.send('POST /api/v1/grants', grant, bob)).body;
    for (const request of [one, `DELETE ${base}`, `DELETE ${base}/images/${await digestOf('1')}?withTags=true`]) {
      expect(await service.send(request, undefined, carl)).toMatchObject({ status: 403 });
    }
    expect(await tags()).toEqual(['1', '1.0']);
    await service.send(`DELETE /api/v1/grants/${id}`, undefined, bob);
  });

  it('stands in the audit, by whom', async () => {
    await as(bob).images.removeTag(place, '1');
    const { items } = (await service.send('GET /api/v1/audit?verb=tag.delete', undefined, admin)).body;
    expect(items[0]).toMatchObject({ actor: 'bob', object: 'bob/app:1' });
  });

  if (kind === 'embedded') return; // It is of the same process, and never away.
  it('is refused in words while the registry is away, and stays in the index', async () => {
    await other?.stop();
    other = undefined;
    const answer = await service.send(`DELETE ${base}/tags/1`, undefined, bob);
    expect([answer.status, answer.body.detail]).toEqual([503, expect.stringContaining('connection refused')]);
    expect(await tags()).toEqual(['1', '1.0']);
  });
});

it('of a read-only registry nothing is deleted', async () => {
  const service = await testService({
    registry: false,
    registries: [{ name: 'prod', host: '127.0.0.1:1', read_only: true }],
  });
  const at = Date.now();
  const event = {
    id: 'one',
    timestamp: new Date(at).toISOString(),
    action: 'push',
    target: {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: `sha256:${'a'.repeat(64)}`,
      repository: 'team/app',
      tag: '1',
    },
  };
  const { headers } = (await service.send('GET /api/v1/registries/prod/notification-settings')).body;
  await fetch(`${service.url}/api/v1/registries/prod/notifications`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/vnd.docker.distribution.events.v1+json', ...flat(headers) },
    body: JSON.stringify({ events: [event] }),
  });
  const answer = await service.send('DELETE /api/v1/registries/prod/repositories/team%2Fapp/tags/1');
  expect([answer.status, answer.body.detail]).toEqual([409, expect.stringMatching(/read-only/)]);
  await service.close();
});

function flat(headers: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(', ')]));
}
