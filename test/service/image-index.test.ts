import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveRegistry } from '../../src/registry/server/serve.js';
import { ImageSetMaker, type MadeManifest } from '../registry/proxy/image-set.js';
import { populate } from '../registry/proxy/populate.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { type Credentials, type TestService, testService } from './service-kit.js';

const bob = ['bob', 'hunter2 hunter2'] as const;
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => await postgres.stop());

describe.each(['SQLite', 'PostgreSQL'])('the index of images on %s', (kind) => {
  let service: TestService;
  let host: string;
  let index: MadeManifest;
  let web: MadeManifest;
  const creds = bob.join(':');
  const skopeo = async (...args: string[]) => {
    const { exitCode, stderr } = await execa('skopeo', args, { reject: false });
    expect(exitCode, stderr).toBe(0);
  };
  const get = async (path: string, as: Credentials = bob) => (await service.send(`GET ${path}`, undefined, as)).body;
  const base = '/api/v1/registries/local/repositories/bob%2Fapp';
  const tags = async () => (await get(`${base}/tags`)).items as { name: string; digest: string; mediaType: string }[];
  const copy = (from: string, to: string, ...more: string[]) =>
    skopeo(
      'copy',
      ...more,
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      '--dest-creds',
      creds,
      from,
      `docker://${host}/${to}`,
    );

  beforeAll(async () => {
    service = await testService(kind === 'SQLite' ? {} : { database: await postgres.database() });
    host = service.registry ?? '';
    await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
    await service.send('POST /api/v1/users', { name: 'carl', password: 'carls long word' });
    const set = new ImageSetMaker();
    const layers = [set.layer('base', 30_000), set.layer('top', 4000)];
    web = set.image('team/web', layers, { seed: 'amd' });
    const arm = set.image('team/web', layers, { seed: 'arm', architecture: 'arm64' });
    index = set.index('team/web', [
      { manifest: web, architecture: 'amd64' },
      { manifest: arm, architecture: 'arm64' },
    ]);
    set.tag('team/web', 'many', index);
    set.tag('team/web', 'one', web);
    const source = await serveRegistry({ dir: join(service.folder, 'source') });
    await populate(source.url, set);
    await mkdir(join(service.folder, 'home'));
    await copy(`docker://${source.host}/team/web:many`, 'bob/app:2', '--all');
    await copy(`docker://${source.host}/team/web:one`, 'bob/app:1');
    await source.close();
  });
  afterAll(async () => await service.close());

  it('knows what was pushed, by whom, soon after', async () => {
    await expect
      .poll(async () => (await tags()).every(({ mediaType }) => mediaType !== '') && (await tags()).length)
      .toBe(2);
    expect(await tags()).toMatchObject([
      { name: '1', digest: web.digest, platform: 'linux/amd64', pushedBy: 'bob' },
      { name: '2', digest: index.digest, platform: '', pushedBy: 'bob' },
    ]);
  });

  it('shows an image with its parts, and a repository with its bytes, each content once', async () => {
    const image = await get(`${base}/images/${web.digest}`);
    expect(image).toMatchObject({
      platform: 'linux/amd64',
      tags: ['1'],
      parts: [{ kind: 'config' }, { kind: 'layer' }, { kind: 'layer' }],
    });
    await expect.poll(async () => (await get(base)).bytes).toBeGreaterThan(30_000);
    const { bytes, uniqueBytes } = await get(base);
    expect(bytes).toBeLessThan(50_000);
    expect(uniqueBytes).toBe(bytes);
    expect(await get(`${base}/images/${index.digest}`)).toMatchObject({
      parts: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }],
    });
  });

  it('keeps the history of a tag that moves, and of one that is deleted', async () => {
    await copy(`docker://${host}/bob/app:1`, 'bob/app:moving', '--src-creds', creds);
    await copy(`docker://${host}/bob/app:2`, 'bob/app:moving', '--all', '--src-creds', creds);
    const moves = async () =>
      (await get(`${base}/tags/moving/history`)).items.map(({ digest }: { digest: string | null }) => digest);
    await expect.poll(moves).toEqual([index.digest, web.digest]);
    const token = (await service.token('service=local&scope=repository:bob/app:delete', bob)).body.token;
    await fetch(`http://${host}/v2/bob/app/manifests/moving`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${token}` },
    });
    await expect.poll(moves).toEqual([null, index.digest, web.digest]);
    await expect.poll(async () => (await tags()).map(({ name }) => name)).toEqual(['1', '2']);
  });

  it('shows a private repository to nobody else, in any listing', async () => {
    for (const as of [null, ['carl', 'carls long word'] as const]) {
      expect((await get('/api/v1/repositories', as)).items).toEqual([]);
      expect((await service.send(`GET ${base}`, undefined, as)).status).toBe(404);
      expect((await get('/v2/_catalog', as)).repositories).toEqual([]);
    }
    expect((await get('/api/v1/repositories?q=app')).items).toMatchObject([{ name: 'bob/app', registry: 'local' }]);
    expect((await get('/v2/_catalog')).repositories).toEqual(['bob/app']);
    await service.send('PUT /api/v1/visibilities', { path: 'bob/app', visibility: 'public' }, bob);
    await expect.poll(async () => (await get('/v2/_catalog', null)).repositories).toEqual(['bob/app']);
    await service.send('PUT /api/v1/visibilities', { path: 'bob/app', visibility: null }, bob);
  });

  it('counts pulls, but not its own looks', async () => {
    const before = (await get(base)).pullCount;
    await skopeo('inspect', '--tls-verify=false', '--creds', creds, `docker://${host}/bob/app:1`);
    await expect.poll(async () => (await get(base)).pullCount).toBe(before + 1);
    await service.send('POST /api/v1/registries/local/reconcile');
    expect((await get(base)).pullCount).toBe(before + 1);
  });

  it('a look at the whole registry finds nothing to change, and costs listings and HEADs', async () => {
    const { body } = await service.send('POST /api/v1/registries/local/reconcile');
    // /v2/ and a token, the catalogue; a token, the tags of one repository, and a HEAD for each of two.
    expect(body).toMatchObject({ repositories: 1, changes: 0 });
    expect(body.requests).toBeLessThanOrEqual(8);
  });

  it('heals what was not told: a tag that another program moved, made or deleted', async () => {
    const folder = join(service.folder, 'registry');
    const other = await serveRegistry({ dir: folder, delete: true });
    const root = `${other.url}/v2/bob/app/manifests`;
    const headers = { 'Content-Type': web.mediaType };
    const statuses = [
      (await fetch(`${root}/silent`, { method: 'PUT', body: web.bytes, headers })).status,
      (await fetch(`${root}/2`, { method: 'DELETE' })).status,
    ];
    expect(statuses).toEqual([201, 202]);
    await other.close();
    const { body } = await service.send('POST /api/v1/registries/local/reconcile');
    expect(body.changes).toBe(2);
    expect((await tags()).map(({ name }) => name)).toEqual(['1', 'silent']);
    expect((await get(`${base}/tags/silent/history`)).items).toMatchObject([
      { digest: web.digest, cause: 'reconciled' },
    ]);
  });

  it('takes a notification once, however often it comes, and leaves out what it can’t read', async () => {
    const settings = (await service.send('GET /api/v1/registries/local/notification-settings')).body;
    const event = {
      id: 'event-1',
      timestamp: new Date().toISOString(),
      action: 'pull',
      target: {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: web.digest,
        repository: 'bob/app',
        tag: '1',
      },
      actor: { name: 'carl' },
    };
    const notify = (events: unknown, version = 'v1', authorization = settings.headers.Authorization[0]) =>
      fetch(settings.url, {
        method: 'POST',
        headers: {
          Authorization: authorization,
          'Content-Type': `application/vnd.docker.distribution.events.${version}+json`,
        },
        body: JSON.stringify({ events }),
      });
    const before = (await get(base)).pullCount;
    expect((await notify([event, event], 'v1')).status).toBe(200);
    expect((await notify([event], 'v2')).status).toBe(200);
    expect((await get(base)).pullCount).toBe(before + 1);
    const odd = [
      null,
      5,
      { id: 'x' },
      { ...event, id: 'e2', target: { ...event.target, repository: '../x' } },
      { ...event, id: 'e3', action: 'push', target: { ...event.target, digest: 'nonsense' } },
    ];
    expect((await notify(odd)).status).toBe(200);
    expect((await notify('no list')).status).toBe(400);
    expect((await notify([event], 'v1', 'Bearer wrong')).status).toBe(401);
    expect((await get(base)).pullCount).toBe(before + 1);
  });

  it('keeps what it knows of a registry that fails', async () => {
    const other = await testService({
      registry: false,
      registries: [{ name: 'far', host: '127.0.0.1:9', read_only: false }],
    });
    const answer = await other.send('POST /api/v1/registries/far/reconcile');
    expect(answer.status).toBe(503);
    expect((await other.send('GET /api/v1/registries')).body.items[0]).toMatchObject({
      name: 'far',
      error: expect.stringContaining('127.0.0.1:9'),
    });
    await other.close();
  });
});
