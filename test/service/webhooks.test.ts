import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveRegistry } from '../../src/registry/server/serve.js';
import { connect } from '../../src/service-client/connect.js';
import { ImageSetMaker } from '../registry/proxy/image-set.js';
import { populate } from '../registry/proxy/populate.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { pushImage, registryAs } from './pushed-images-kit.js';
import { type Receiver, startReceiver } from './receiver-kit.js';
import { admin, type Credentials, type TestService, testService } from './service-kit.js';

const bob = ['bob', 'hunter2 hunter2'] as const;
const carl = ['carl', 'carls long word'] as const;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => await postgres.stop());

describe.each(['SQLite', 'PostgreSQL'])('webhooks on %s', (kind) => {
  let service: TestService;
  let receiver: Receiver;
  const make = async (given: object, as: Credentials = admin) =>
    await service.send('POST /api/v1/webhooks', { name: 'ci', url: `${receiver.url}/hook`, ...given }, as);
  const events = (path: string) =>
    receiver.received.filter((each) => each.path === path).map(({ body }) => JSON.parse(body));

  beforeAll(async () => {
    receiver = await startReceiver();
    service = await testService({
      ...(kind === 'SQLite' ? {} : { database: await postgres.database() }),
      webhook_allow: ['127.0.0.1'],
      registry_quotas: [{ prefix: 'carl/', bytes: 10_000 }],
    });
    for (const [name, password] of [bob, carl]) await service.send('POST /api/v1/users', { name, password });
  });
  afterAll(async () => {
    await service.close();
    await receiver.close();
  });

  it('a webhook is made, shown, changed and deleted; its secret is shown once', async () => {
    const made = await make({ headers: { Authorization: 'Bearer canary-41', 'X-Key': 'canary-42' }, path: 'team/' });
    expect(made.status).toBe(201);
    const { id, secret, ...shown } = made.body;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(shown).toMatchObject({
      name: 'ci',
      url: `${receiver.url}/hook`,
      path: 'team/',
      kinds: [],
      format: 'cloudevents',
      headers: ['authorization', 'x-key'],
      enabled: true,
      account: 'anna',
      disabledWhy: '',
    });
    const got = await service.send(`GET /api/v1/webhooks/${id}`);
    expect(got.body).toEqual({ id, ...shown });
    expect((await service.send('GET /api/v1/webhooks')).body.items).toEqual([{ id, ...shown }]);
    const etag = got.headers.get('etag') ?? '';
    const change = { name: 'other', headers: { 'x-key': null, 'X-New': 'canary-43' }, enabled: false };
    const changed = await service.send(`PATCH /api/v1/webhooks/${id}`, change, admin, { 'If-Match': etag });
    expect(changed.body).toMatchObject({ name: 'other', headers: ['authorization', 'x-new'], enabled: false });
    for (const request of ['PATCH', 'DELETE']) {
      const body = request === 'PATCH' ? change : undefined;
      expect((await service.send(`${request} /api/v1/webhooks/${id}`, body, admin, { 'If-Match': etag })).status).toBe(
        412,
      );
    }
    const rotated = await service.send(`POST /api/v1/webhooks/${id}/rotate-secret`, {});
    expect(rotated.body.secret).toMatch(/^whsec_/);
    expect(rotated.body.secret).not.toBe(secret);
    expect((await service.send(`DELETE /api/v1/webhooks/${id}`)).status).toBe(204);
    expect((await service.send(`GET /api/v1/webhooks/${id}`)).status).toBe(404);
    const audit = (await service.send('GET /api/v1/audit')).body.items;
    const verbs = audit.map(({ verb }: { verb: string }) => verb).filter((verb: string) => verb.startsWith('webhook.'));
    expect(verbs).toEqual(['webhook.delete', 'webhook.rotate', 'webhook.change', 'webhook.create']);
    expect(JSON.stringify(audit)).not.toMatch(/canary|whsec/);
  });

  it.each<[string, object, string, string]>([
    ['a scheme', { url: 'ftp://ci.example.com/' }, '/url', 'must be https://… or http://…'],
    ['no address', { url: 'ci' }, '/url', 'must be an address'],
    ['a name and password', { url: 'http://a:b@ci.example.com/' }, '/url', 'must have no name and password'],
    ['loopback', { url: 'http://[::1]:1/' }, '/url', '::1 is refused: it is loopback'],
    [
      'a header of its own',
      { headers: { 'Webhook-Id': 'x' } },
      '/headers/Webhook-Id',
      'is a header that the service sets',
    ],
    ['a header with a line', { headers: { 'X-A': 'a\r\nB: c' } }, '/headers', 'X-A must be 1 to 4096 letters of ASCII'],
    ['a kind', { kinds: ['tag.moved'] }, '/kinds/0', ''],
    [
      'a kind that the format has not',
      { kinds: ['job.failed'], format: 'docker-hub' },
      '/kinds',
      'job.failed has no form',
    ],
    ['no template', { format: 'template' }, '/template', 'must be there'],
    ['a template alone', { template: 'x' }, '/template', 'counts with the format template alone'],
    ['a wrong template', { format: 'template', template: '{{subjekt}}' }, '/template', 'subjekt is not defined'],
    ['a template of no JSON', { format: 'template', template: '{"a": {{subject}} }' }, '/template', 'no JSON'],
    ['a registry', { registry: 'nowhere' }, '/registry', 'must be the name of a registry'],
  ])('%s that cannot be is refused with its place', async (_what, given, pointer, detail) => {
    const { status, body } = await make(given);
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ pointer, detail: expect.stringContaining(detail) }]);
  });

  it('the service itself is no target, though loopback is allowed, unless it is named', async () => {
    const other = await testService({ registry: false, webhook_allow: ['127.0.0.1', 'localhost'] });
    const { port } = new URL(other.url);
    const self = (host: string) =>
      other.send('POST /api/v1/webhooks', { name: 'self', url: `http://${host}:${port}/` });
    expect((await self('127.0.0.1')).body.detail).toContain('is refused: it is the service itself');
    expect((await self('localhost')).status).toBe(201);
    await other.close();
  });

  it('owners of a path have webhooks of it, and others see none of them', async () => {
    expect((await make({}, bob)).status).toBe(403);
    expect((await make({ path: 'team/' }, bob)).status).toBe(403);
    const { status, body } = await make({ path: 'bob/', name: 'bobs' }, bob);
    expect(status).toBe(201);
    for (const [as, count] of [
      [bob, 1],
      [carl, 0],
      [admin, 1],
    ] as const) {
      expect((await service.send('GET /api/v1/webhooks', undefined, as)).body.items).toHaveLength(count);
    }
    const own = `/api/v1/webhooks/${body.id}`;
    for (const request of [`GET ${own}`, `DELETE ${own}`, `GET ${own}/deliveries`, `POST ${own}/test`]) {
      expect((await service.send(request, undefined, carl)).status).toBe(404);
    }
    expect((await service.send(`PATCH ${own}`, { path: '' }, bob)).status).toBe(403);
    expect((await service.send(`PATCH ${own}`, { path: 'bob/app' }, bob)).body).toMatchObject({ path: 'bob/app' });
    expect((await service.send(`PATCH ${own}`, { name: 'annas' })).body).toMatchObject({ account: 'bob' });
    // Who changes where it is sent, has it hear what they may see themselves.
    expect((await service.send(`PATCH ${own}`, { url: receiver.url })).body).toMatchObject({ account: 'anna' });
    expect((await service.send(`DELETE ${own}`)).status).toBe(204);
  });

  it('a test is sent once, is shown with what was answered, and can be sent again', async () => {
    const { url } = service;
    const client = connect({ url, account: { name: admin[0], password: admin[1] } });
    const hook = await client.webhooks.create({
      name: 'tested',
      url: `${receiver.url}/test`,
      headers: { Authorization: 'Bearer canary-44' },
      enabled: false,
    });
    receiver.answer = (response, { headers }) =>
      response.writeHead(500, { 'x-a': 'b' }).end(`no ${headers.authorization}`);
    const tested = await client.webhooks.test(hook.id);
    expect(tested).toMatchObject({ kind: 'webhook.test', state: 'failed', tries: 1, why: 'it was answered by 500' });
    expect(tested.attempts).toMatchObject([
      {
        status: 500,
        requestHeaders: {
          authorization: '…',
          'webhook-id': tested.id,
          'webhook-signature': '…',
          'x-hub-signature-256': '…',
          'content-type': 'application/cloudevents+json',
        },
        responseHeaders: { 'x-a': 'b' },
        responseBody: 'no …',
        error: '',
      },
    ]);
    receiver.answer = (response) => response.writeHead(204).end();
    await expect(client.webhooks.redeliver(hook.id, tested.id)).rejects.toThrow('the webhook is disabled');
    await client.webhooks.change(hook.id, { enabled: true });
    await client.webhooks.redeliver(hook.id, tested.id);
    await expect.poll(async () => (await client.webhooks.delivery(hook.id, tested.id)).state).toBe('delivered');
    const all = [];
    for await (const each of client.webhooks.deliveries(hook.id)) all.push(each.id);
    expect(all).toEqual([tested.id]);
    const ids = receiver.received.filter(({ path }) => path === '/test').map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([tested.id, tested.id]);
    await client.webhooks.delete(hook.id);
  });

  it('deliveries are listed in pages', async () => {
    const { id } = (await make({ url: `${receiver.url}/pages` })).body;
    for (let count = 0; count < 3; count += 1)
      await service.send(`POST /api/v1/webhooks/${id}/test`, undefined, admin, { Prefer: 'wait=10' });
    const seen: string[] = [];
    for (let after = ''; ; ) {
      const { body } = await service.send(`GET /api/v1/webhooks/${id}/deliveries?limit=1${after}`);
      seen.push(...body.items.map((each: { id: string }) => each.id));
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(new Set(seen).size).toBe(3);
    await service.send(`DELETE /api/v1/webhooks/${id}`);
  });

  it('a quota that is nearly full and full is told once, to those who see what it is about', async () => {
    const kinds = ['quota.nearly-full', 'quota.full'];
    const ids = [];
    for (const [path, as] of [
      ['carl', carl],
      ['bob', bob],
    ] as const) {
      ids.push((await make({ url: `${receiver.url}/quota-${path}`, path: `${path}/`, kinds }, as)).body.id);
    }
    await make({ url: `${receiver.url}/harbor`, kinds, format: 'harbor' });
    const registry = registryAs(service.registry ?? '', carl);
    await pushImage(registry, 'carl/app', '1', { layers: ['a'.repeat(9100)] });
    await expect(pushImage(registry, 'carl/app', '2', { layers: ['b'.repeat(9000)] })).rejects.toThrow(
      'the quota of carl/ is 10.0 kB',
    );
    await expect(pushImage(registry, 'carl/app', '3', { layers: ['c'.repeat(9000)] })).rejects.toThrow('quota');
    await registry.close();
    await expect.poll(() => events('/quota-carl').length).toBe(2);
    const data = { registry: 'local', repository: 'carl/app', prefix: 'carl/', bytes: 10_000 };
    const sorted = (path: string) => events(path).toSorted((one, other) => (one.type < other.type ? -1 : 1));
    expect(sorted('/quota-carl')).toMatchObject([
      { type: 'provision.quota.full', subject: 'local/carl/', data },
      { type: 'provision.quota.nearly-full', subject: 'local/carl/', data },
    ]);
    await expect.poll(() => sorted('/harbor').map(({ type }) => type)).toEqual(['QUOTA_EXCEED', 'QUOTA_WARNING']);
    expect(events('/quota-bob')).toEqual([]);
    for (const id of ids) await service.send(`DELETE /api/v1/webhooks/${id}`);
  });

  it('pushes, moves and deletions are told: one event for a tag, whatever belongs to its image', async () => {
    const { id } = (await make({ url: `${receiver.url}/bob`, path: 'bob/' }, bob)).body;
    const set = new ImageSetMaker();
    const layers = [set.layer('base', 3000)];
    const amd = set.image('team/web', layers, { seed: 'amd' });
    const arm = set.image('team/web', layers, { seed: 'arm', architecture: 'arm64' });
    const many = set.index('team/web', [
      { manifest: amd, architecture: 'amd64' },
      { manifest: arm, architecture: 'arm64' },
    ]);
    set.tag('team/web', 'many', many);
    set.tag('team/web', 'one', amd);
    const source = await serveRegistry({ dir: join(service.folder, 'source') });
    await populate(source.url, set);
    const copy = async (from: string, to: string) => {
      const no = ['--src-tls-verify=false', '--dest-tls-verify=false', '--dest-creds', bob.join(':')];
      const args = [
        'copy',
        ...no,
        '--all',
        `docker://${source.host}/team/web:${from}`,
        `docker://${service.registry}/${to}`,
      ];
      const { exitCode, stderr } = await execa('skopeo', args, { reject: false });
      expect(exitCode, stderr).toBe(0);
    };
    await copy('many', 'bob/app:1');
    await expect.poll(() => events('/bob').length).toBe(2);
    await copy('one', 'bob/app:1');
    await copy('one', 'bob/app:1');
    await expect.poll(() => events('/bob').length).toBe(3);
    const base = '/api/v1/registries/local/repositories/bob%2Fapp';
    await service.send(`DELETE ${base}/tags/1`, undefined, bob);
    await expect.poll(() => events('/bob').length).toBe(4);
    await service.send(`DELETE ${base}`, undefined, bob);
    await expect.poll(() => events('/bob').length).toBe(5);
    await source.close();
    const told = events('/bob').map(({ type, subject, data }) => ({ type, subject, ...data }));
    const place = { registry: 'local', repository: 'bob/app', actor: 'bob' };
    const bySubject = told.toSorted((a, b) =>
      a.type === 'provision.repository.created' ? -1 : b.type === 'provision.repository.created' ? 1 : 0,
    );
    expect(bySubject).toEqual([
      { type: 'provision.repository.created', subject: 'local/bob/app', ...place },
      {
        type: 'provision.tag.pushed',
        subject: 'local/bob/app:1',
        ...place,
        tag: '1',
        digest: many.digest,
        oldDigest: null,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        bytes: expect.any(Number),
        platforms: ['linux/amd64', 'linux/arm64'],
      },
      {
        type: 'provision.tag.pushed',
        subject: 'local/bob/app:1',
        ...place,
        tag: '1',
        digest: amd.digest,
        oldDigest: many.digest,
        mediaType: expect.any(String),
        bytes: expect.any(Number),
        platforms: ['linux/amd64'],
      },
      { type: 'provision.tag.deleted', subject: 'local/bob/app:1', ...place, tag: '1', oldDigest: amd.digest },
      { type: 'provision.repository.deleted', subject: 'local/bob/app', ...place },
    ]);
    await service.send(`DELETE /api/v1/webhooks/${id}`);
    expect(service.log.filter((line) => line.includes('error')).join('')).toBe('');
  });
});
