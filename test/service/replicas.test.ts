import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RegistryServer, serveRegistry } from '../../src/registry/server/serve.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { admin, type TestService, testService } from './service-kit.js';

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => await postgres.stop());

describe.each(['sqlite', 'postgres'] as const)('replicas of a registry, in %s', (kind) => {
  let service: TestService;
  let database: string | undefined;
  let hosts: string[];
  const servers = new Map<string, RegistryServer>();

  beforeAll(async () => {
    const front = `127.0.0.1:${await freePort()}`;
    hosts = await Promise.all([2, 3].map(async (last) => `127.0.0.${last}:${await freePort()}`));
    const [writer = '', ...replicas] = hosts;
    database = kind === 'postgres' ? await postgres.database() : undefined;
    service = await testService({
      listen: front,
      registry: false,
      reconcile_every: 86_400,
      registries: [{ name: 'prod', host: front, read_only: false, writer, replicas }],
      ...(database === undefined ? {} : { database }),
    });
    for (const host of hosts) await start(host);
  });
  afterAll(async () => {
    for (const server of servers.values()) await server.close();
    await service.close();
  });

  async function start(name: string): Promise<void> {
    const { body } = await service.send('GET /api/v1/token-server', undefined, null);
    const rootcertbundle = join(service.folder, 'bundle.pem');
    await writeFile(rootcertbundle, body.rootcertbundle);
    const token = { realm: body.realm, issuer: body.issuer, service: 'prod', rootcertbundle };
    const [host = '', port] = name.split(':');
    const dir = join(service.folder, host);
    servers.set(name, await serveRegistry({ dir, host, port: Number(port), delete: true, token }));
  }

  /** Pushes an image with a text in it to one host, and returns its digest. */
  async function push(host: string, repository: string, tag: string, text: string): Promise<string> {
    const { token } = (await service.token(`service=prod&scope=repository:${repository}:pull,push`, admin)).body;
    const headers = { Authorization: `Bearer ${token}` };
    const config = JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [] },
      text,
    });
    const digest = digestOf(config);
    const begun = await fetch(`http://${host}/v2/${repository}/blobs/uploads/`, { method: 'POST', headers });
    const address = new URL(begun.headers.get('location') ?? '', `http://${host}`);
    address.searchParams.set('digest', digest);
    const put = await fetch(address, {
      method: 'PUT',
      headers: { ...headers, 'Content-Type': 'application/octet-stream' },
      body: config,
    });
    expect(put.status).toBe(201);
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const named = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: config.length };
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config: named, layers: [] });
    const sent = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, {
      method: 'PUT',
      headers: { ...headers, 'Content-Type': mediaType },
      body: manifest,
    });
    expect(sent.status).toBe(201);
    return digestOf(manifest);
  }
  const look = async (status = 200) => {
    expect((await service.send('POST /api/v1/registries/prod/reconcile')).status).toBe(status);
    return (await service.send('GET /api/v1/registries/prod/replicas')).body;
  };

  it('are found to lack a tag, to have another image by it, and one that the writer has no more', async () => {
    const [writer = '', replica = ''] = hosts;
    const [one, two] = [await push(writer, 'team/app', '1', 'one'), await push(writer, 'team/app', '2', 'two')];
    await push(replica, 'team/app', '1', 'one');
    const old = await push(replica, 'team/app', '2', 'old');
    await push(writer, 'team/other', 'new', 'new');
    await push(replica, 'team/app', 'gone', 'gone');
    const found = await look();
    expect(found).toMatchObject({ registry: 'prod', state: 'differ', complete: true });
    expect(found.members).toMatchObject([
      { host: writer, role: 'writer', reachable: true, state: 'agree', tags: [] },
      {
        ...{ host: replica, role: 'replica', reachable: true, state: 'differ', missing: 1, other: 1, extra: 1 },
        lagSeconds: expect.any(Number),
        tags: [
          { repository: 'team/app', tag: '2', problem: 'other', wanted: two, found: old },
          { repository: 'team/app', tag: 'gone', problem: 'extra', wanted: null },
          { repository: 'team/other', tag: 'new', problem: 'missing', found: null },
        ],
      },
    ]);
    expect(one).not.toBe(two);
    expect((await look()).since).toBe(found.since);
  });

  it('that cannot be reached are not known, and agree when they are as the writer is', async () => {
    const [writer = '', replica = ''] = hosts;
    await servers.get(replica)?.close();
    const away = (await look()).members[1];
    expect(away).toMatchObject({ reachable: false, state: 'unknown', missing: 1, error: expect.stringMatching(/./) });
    const { body } = await service.send('GET /api/v1/health');
    expect(body).toMatchObject({ status: expect.stringMatching(/warning|failing/) });
    expect(body.checks).toContainEqual(
      expect.objectContaining({ name: 'replicas', subject: `prod ${replica}`, status: 'warning' }),
    );
    await start(replica);
    await push(replica, 'team/app', '2', 'two');
    await push(replica, 'team/other', 'new', 'new');
    await push(writer, 'team/app', 'gone', 'gone');
    const found = await look();
    expect(found).toMatchObject({ state: 'agree', members: [{}, { lagSeconds: 0, tags: [], error: '' }] });
    const opened = await openDatabase(database ?? join(service.folder, 'service.db'));
    const events = await opened.db.selectFrom('service_events').selectAll().orderBy('number').execute();
    await opened.close();
    // The first look may have met a replica that is just being filled: others are told at the second.
    expect(
      events.filter((event) => event.kind.startsWith('replicas.')).map((event) => [event.kind, event.registry]),
    ).toEqual([
      ['replicas.differ', 'prod'],
      ['replicas.agree', 'prod'],
    ]);
    expect((await service.send('GET /api/v1/registries/other/replicas')).status).toBe(404);
  });
});

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
