import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { serveRegistry } from '../../src/registry/server/serve.js';
import type { Database } from '../../src/service/store/database.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import { ImageSetMaker, type MadeManifest } from '../registry/proxy/image-set.js';
import { populate } from '../registry/proxy/populate.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { admin, authorization, type Credentials, type TestService, testService } from './service-kit.js';

/*
 * The protocol of the first docker-registry and its index, row by row: what it answered then, over what a registry has today. The
 * rows are those of docker-registry 0.9.1, as measured.
 */

const bob = ['bob', 'hunter2 hunter2'] as const;
const carl = ['carl', 'carls long word'] as const;
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => await postgres.stop());

describe.each(['SQLite', 'PostgreSQL'])('v1 on %s', (kind) => {
  let service: TestService;
  let database: Database;
  let host: string;
  let index: MadeManifest;
  let app: MadeManifest;
  const ask = async (request: string, as: Credentials = bob, body?: string, headers: Record<string, string> = {}) => {
    const [method = '', path = ''] = request.split(' ');
    const given = body === undefined ? {} : { body };
    const answer = await fetch(path.startsWith('http') ? path : `${service.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...authorization(as), ...headers },
      ...given,
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const isJson = answer.headers.get('content-type') === 'application/json' && bytes.length > 0;
    return {
      status: answer.status,
      headers: answer.headers,
      bytes,
      body: isJson ? JSON.parse(bytes.toString()) : undefined,
    };
  };
  const told = async (...given: Parameters<typeof ask>) => {
    const { status, body } = await ask(...given);
    return [status, body];
  };
  const tags = async () => (await ask('GET /v1/repositories/bob/app/tags')).body as Record<string, string>;
  const configOf = ({ bytes }: MadeManifest): string => JSON.parse(bytes.toString()).config.digest.slice(7);
  const layersOf = ({ bytes }: MadeManifest): { digest: string; size: number }[] => JSON.parse(bytes.toString()).layers;

  beforeAll(async () => {
    const address = kind === 'SQLite' ? undefined : await postgres.database();
    service = await testService(address === undefined ? {} : { database: address });
    database = await openDatabase(address ?? join(service.folder, 'service.db'));
    host = service.registry ?? '';
    for (const [name, password] of [bob, carl]) await service.send('POST /api/v1/users', { name, password });
    const set = new ImageSetMaker();
    const layers = ['base', 'middle', 'top'].map((name) => set.layer(name, 3000));
    app = set.image('a/b', layers, { seed: 'amd' });
    const arm = set.image('a/b', layers, { seed: 'arm', architecture: 'arm64' });
    index = set.index('a/b', [
      { manifest: arm, architecture: 'arm64' },
      { manifest: app, architecture: 'amd64' },
    ]);
    set.tag('a/b', 'many', index);
    set.tag('a/b', 'one', app);
    set.tag('a/b', 'arm', arm);
    const source = await serveRegistry({ dir: join(service.folder, 'source') });
    await populate(source.url, set);
    const copy = async (tag: string, to: string, [name, password]: readonly [string, string] = bob) => {
      const { exitCode, stderr } = await execa(
        'skopeo',
        [
          'copy',
          '--all',
          '--src-tls-verify=false',
          '--dest-tls-verify=false',
          '--dest-creds',
          `${name}:${password}`,
          `docker://${source.host}/a/b:${tag}`,
          `docker://${host}/${to}`,
        ],
        { reject: false },
      );
      expect(exitCode, stderr).toBe(0);
    };
    await copy('one', 'bob/app:latest');
    await copy('many', 'bob/app:2.0');
    await copy('arm', 'bob/app:arm');
    await copy('one', 'bob/public:1');
    await copy('one', 'library/registry:latest', admin);
    await copy('one', 'plain:1', admin);
    await copy('one', 'deep/er/still:1', admin);
    await service.send('PUT /api/v1/visibilities', { path: 'bob/public', visibility: 'public' }, bob);
    await service.send('PUT /api/v1/visibilities', { path: 'library/', visibility: 'public' });
    await service.send('PUT /api/v1/visibilities', { path: 'plain', visibility: 'internal' });
    await source.close();
    await vi.waitFor(
      async () => expect(await tags()).toEqual({ '2.0': configOf(app), arm: configOf(arm), latest: configOf(app) }),
      { timeout: 20_000, interval: 100 },
    );
  });
  afterAll(async () => {
    await database.close();
    await service.close();
  });

  it('says that v1 is spoken here, so that docker and older clients believe it', async () => {
    for (const url of [service.url, `http://${host}`]) {
      for (const path of ['/_ping', '/v1/_ping', '/v1/_ping/']) {
        const { status, headers, bytes } = await ask(`GET ${url}${path}`, null);
        expect([status, bytes.toString(), headers.get('x-docker-registry-standalone')]).toEqual([200, 'true', 'True']);
        expect(Object.fromEntries(headers)).toMatchObject({
          'content-type': 'application/json',
          'cache-control': 'no-cache',
          pragma: 'no-cache',
          expires: '-1',
        });
      }
    }
    expect((await ask(`GET http://${host}/v2/`, null)).status).toBe(401);
    expect((await ask(`GET http://${host}/v1/nothing`, null)).body).toEqual({
      error: expect.stringContaining('/v1/nothing'),
    });
  });

  const anyone = 'f'.repeat(64);
  it.each([
    // Tags.
    ['GET /v1/repositories/bob/app/tags/latest', bob, undefined, 200, 'ID'],
    ['GET /v1/repositories/bob/app/tags/latest/', bob, undefined, 200, 'ID'],
    ['GET /v1/repositories/bob/app/tags/none', bob, undefined, 404, { error: 'Tag not found' }],
    ['GET /v1/repositories/bob/none/tags', bob, undefined, 404, { error: 'Repository not found' }],
    ['GET /v1/repositories/registry/tags', carl, undefined, 200, { latest: 'ID' }],
    ['GET /v1/repositories/library/registry/tags', null, undefined, 200, { latest: 'ID' }],
    ['GET /v1/repositories/plain/tags', carl, undefined, 200, { 1: 'ID' }],
    ['GET /v1/repositories/library/plain/tags', carl, undefined, 200, { 1: 'ID' }],
    ['GET /v1/repositories/deep/er/still/tags', admin, undefined, 200, { 1: 'ID' }],
    ['PUT /v1/repositories/bob/app/tags/new', bob, '"ID"', 200, true],
    ['GET /v1/repositories/bob/app/tags/new', bob, undefined, 200, 'ID'],
    [
      'PUT /v1/repositories/bob/app/tags/.new',
      bob,
      '"ID"',
      400,
      { error: 'Invalid tag name (must match ^[\\w][\\w.-]{0,127}$)' },
    ],
    ['PUT /v1/repositories/bob/app/tags/new', bob, '{"id":"ID"}', 400, { error: 'Invalid data' }],
    ['PUT /v1/repositories/bob/app/tags/new', bob, undefined, 400, { error: 'Invalid data' }],
    ['PUT /v1/repositories/bob/app/tags/new', bob, `"${anyone}"`, 404, { error: 'Image not found' }],
    ['DELETE /v1/repositories/bob/app/tags/new', bob, undefined, 200, true],
    ['DELETE /v1/repositories/bob/app/tags/new', bob, undefined, 404, { error: 'Tag not found: new' }],
    // Who has no right, and who is nobody.
    ['GET /v1/repositories/bob/app/tags', carl, undefined, 404, { error: 'Repository not found' }],
    ['GET /v1/repositories/bob/app/tags', null, undefined, 401, { error: 'Requires authorization' }],
    ['GET /v1/repositories/no/where/tags', null, undefined, 401, { error: 'Requires authorization' }],
    ['DELETE /v1/repositories/bob/app/', carl, undefined, 404, { error: 'Repository not found' }],
    ['DELETE /v1/repositories/library/registry/', null, undefined, 401, { error: 'Requires authorization' }],
    [
      'DELETE /v1/repositories/bob/public/tags/1',
      carl,
      undefined,
      403,
      { error: 'This takes the right to delete in bob/public' },
    ],
    [
      'PUT /v1/repositories/bob/public/tags/1',
      carl,
      '"ID"',
      403,
      { error: 'This takes the right to push in bob/public' },
    ],
    // Properties.
    ['GET /v1/repositories/bob/app/properties', bob, undefined, 200, { access: 'private' }],
    ['GET /v1/repositories/bob/public/properties', carl, undefined, 200, { access: 'public' }],
    [
      'PUT /v1/repositories/bob/public/properties',
      carl,
      '{"access":"private"}',
      403,
      { error: 'This takes an owner of bob/public' },
    ],
    ['PUT /v1/repositories/bob/app/properties', bob, '{"access":"secret"}', 400, { error: 'Invalid data' }],
    ['PUT /v1/repositories/bob/app/properties', bob, '{"access":"public"}', 200, true],
    ['GET /v1/repositories/bob/app/properties', null, undefined, 200, { access: 'public' }],
    ['PUT /v1/repositories/bob/app/properties', bob, '{"access":"private"}', 200, true],
    ['GET /v1/repositories/bob/app/properties', null, undefined, 401, { error: 'Requires authorization' }],
    // Index.
    ['GET /v1/users', bob, undefined, 200, 'OK'],
    ['GET /v1/users/', bob, undefined, 200, 'OK'],
    ['GET /v1/users/', null, undefined, 401, { error: 'log in first' }],
    ['GET /v1/users/', ['bob', 'wrong'], undefined, 401, { error: 'the name or the password is wrong' }],
    ['POST /v1/users/', null, '{"username":"eve"}', 401, { error: 'log in first' }],
    ['POST /v1/users/', bob, '{"username":"eve"}', 400, { error: expect.stringContaining('Ask an administrator') }],
    ['PUT /v1/users/bob/', bob, '{"password":"x"}', 400, { error: expect.stringContaining('Ask an administrator') }],
    ['PUT /v1/repositories/bob/app/auth', bob, undefined, 200, 'OK'],
    ['PUT /v1/repositories/bob/app/auth', carl, undefined, 404, { error: 'Repository not found' }],
    ['GET /v1/repositories/bob/none/images', bob, undefined, 404, { error: 'Repository not found' }],
    // Pushes by v1.
    ['PUT /v1/repositories/bob/app/', bob, '[]', 405, { error: expect.stringContaining('Push by v2') }],
    ['PUT /v1/repositories/bob/app/images', bob, '[]', 405, { error: expect.stringContaining('Push by v2') }],
    ['PUT /v1/images/ID/json', bob, '{}', 405, { error: expect.stringContaining('Push by v2') }],
    ['PUT /v1/images/ID/layer', bob, 'x'.repeat(200_000), 405, { error: expect.stringContaining('Push by v2') }],
    ['PUT /v1/images/ID/checksum', null, undefined, 401, { error: 'Requires authorization' }],
    // Images.
    ['GET /v1/images/none/json', bob, undefined, 404, { error: 'Invalid image ID' }],
    [`GET /v1/images/${anyone}/json`, bob, undefined, 404, { error: 'Image not found' }],
    [`GET /v1/images/${anyone}/ancestry`, bob, undefined, 404, { error: 'Image not found' }],
    [`GET /v1/images/${anyone}/layer`, null, undefined, 401, { error: 'Requires authorization' }],
    ['GET /v1/images/ID/files', bob, undefined, 404, { error: expect.stringContaining('there is nothing') }],
    ['GET /v1/images/ID/diff', bob, undefined, 404, { error: expect.stringContaining('there is nothing') }],
  ] as [
    string,
    Credentials,
    string | undefined,
    number,
    unknown,
  ][])('%s (%#)', async (request, as, body, status, answer) => {
    const id = configOf(app);
    const seen = await ask(request.replace('ID', id), as, body?.replace('ID', id));
    expect([seen.status, seen.body]).toEqual([status, withId(answer, id)]);
    if (status === 401) expect(seen.headers.get('www-authenticate')).toBe('Basic realm="provision"');
    if (status === 405) expect(seen.headers.get('allow')).not.toBeNull();
  });

  it('writes JSON with sorted keys', async () => {
    const { bytes } = await ask('GET /v1/repositories/bob/app/json');
    expect(bytes.toString()).toMatch(
      /^\{"arch":"amd64","docker_go_version":null,"docker_version":null,"kernel":null,"last_update":\d{10},"os":"linux"\}$/,
    );
    expect((await ask('GET /v1/repositories/bob/app/tags/arm/json')).body).toMatchObject({ arch: 'arm64' });
    expect((await ask('GET /v1/repositories/bob/app/tags/none/json')).body).toMatchObject({
      arch: 'amd64',
      last_update: null,
    });
  });

  it('an image is one over those below it, each with its layer', async () => {
    const id = configOf(app);
    const ancestry: string[] = (await ask(`GET /v1/images/${id}/ancestry`)).body;
    expect(ancestry).toHaveLength(3);
    expect(ancestry[0]).toBe(id);
    const layers = layersOf(app).toReversed();
    for (const [at, each] of ancestry.entries()) {
      const { body, headers } = await ask(`GET /v1/images/${each}/json`);
      expect(body).toMatchObject({ id: each, os: 'linux', architecture: 'amd64' });
      expect(body.parent).toBe(ancestry[at + 1]);
      expect(headers.get('x-docker-size')).toBe(String(layers[at]?.size));
      expect((await ask(`GET /v1/images/${each}/ancestry`)).body).toEqual(ancestry.slice(at));
      const layer = await ask(`GET /v1/images/${each}/layer`);
      expect([layer.status, layer.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
      expect(`sha256:${createHash('sha256').update(layer.bytes).digest('hex')}`).toBe(layers[at]?.digest);
    }
    expect((await ask(`GET /v1/images/${id}/json`)).body.config).toEqual({ Labels: { seed: 'amd' } });
    expect(await told(`PUT /v1/repositories/bob/app/tags/low`, bob, JSON.stringify(ancestry[1]))).toEqual([
      400,
      { error: expect.stringContaining('only whole images') },
    ]);
  });

  it('what never changes is kept by who may see it, and sent in part', async () => {
    const id = configOf(app);
    const whole = await ask(`GET /v1/images/${id}/layer`);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'cache-control': 'private, max-age=31536000',
      'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT',
    });
    const since = { 'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' };
    for (const part of ['json', 'layer', 'ancestry']) {
      expect((await ask(`GET /v1/images/${id}/${part}`, bob, undefined, since)).status).toBe(304);
      expect((await ask(`GET /v1/images/${id}/${part}`, null, undefined, since)).status).not.toBe(401); // By bob/public.
    }
    const part = await ask(`GET /v1/images/${id}/layer`, bob, undefined, { Range: 'bytes=10-19' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${whole.bytes.length}`]);
    expect(part.bytes).toEqual(whole.bytes.subarray(10, 20));
    const outside = await ask(`GET /v1/images/${id}/layer`, bob, undefined, { Range: 'bytes=9999999-' });
    expect([outside.status, outside.body]).toEqual([416, { error: 'Bad range' }]);
    const head = await ask(`HEAD /v1/images/${id}/layer`);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.bytes.length)]);
  });

  it('an image that nobody but its owner may pull is not there for others', async () => {
    const id = (await tags()).arm;
    expect(await told(`GET /v1/images/${id}/json`, carl)).toEqual([404, { error: 'Image not found' }]);
    expect(await told(`GET /v1/images/${id}/layer`, null)).toEqual([401, { error: 'Requires authorization' }]);
    expect((await ask(`GET /v1/images/${id}/json`)).body.architecture).toBe('arm64');
  });

  it('an image that the index has not read yet is said to be on its way', async () => {
    const { db } = database;
    const { id } = await db
      .selectFrom('repositories')
      .select('id')
      .where('name', '=', 'bob/app')
      .executeTakeFirstOrThrow();
    const row = { repository_id: id, digest: `sha256:${'e'.repeat(64)}`, pushed_at: Date.now(), pushed_by: 'bob' };
    await db.insertInto('repository_manifests').values(row).execute();
    const uploading = { error: 'Image is being uploaded, retry later' };
    expect(await told(`GET /v1/images/${'e'.repeat(64)}/json`)).toEqual([400, uploading]);
    await db.deleteFrom('repository_manifests').where('digest', '=', row.digest).execute();
    expect(await told(`GET /v1/images/${'e'.repeat(64)}/json`)).toEqual([404, { error: 'Image not found' }]);
  });

  it('a tag that moves to the image of an index leads to all of it', async () => {
    await ask('DELETE /v1/repositories/bob/app/tags/moved');
    const id = (await tags())['2.0'] ?? '';
    expect(await told('PUT /v1/repositories/bob/app/tags/moved', bob, JSON.stringify(id))).toEqual([200, true]);
    const { items } = (await service.send('GET /api/v1/registries/local/repositories/bob%2Fapp/tags', undefined, bob))
      .body;
    expect(items).toMatchObject([{}, {}, {}, { name: 'moved', digest: index.digest, pushedBy: 'bob' }]);
    await ask('DELETE /v1/repositories/bob/app/tags/moved');
  });

  it('the index names all images with their layers, and gives a token where it is asked for', async () => {
    const listed = await ask('GET /v1/repositories/bob/public/images', bob, undefined, { 'X-Docker-Token': 'true' });
    const [base, middle, top] = layersOf(app).map(({ digest }) => digest);
    expect(listed.body.map(({ checksum }: { checksum: string }) => checksum)).toEqual([base, middle, top]);
    expect(listed.body[2].id).toBe(configOf(app));
    expect(listed.headers.get('x-docker-endpoints')).toBe(new URL(service.url).host);
    const token = listed.headers.get('x-docker-token') ?? '';
    expect(token).toMatch(/^Token signature=[\w.-]+,repository="bob\/public",access=read$/);
    expect(listed.headers.get('www-authenticate')).toBe(token);
    expect((await ask('GET /v1/repositories/bob/public/images')).headers.get('x-docker-token')).toBeNull();
    // It opens this repository alone, for reading.
    const given = (await ask('GET /v1/repositories/bob/app/images', bob, undefined, { 'X-Docker-Token': 'true' }))
      .headers;
    const own = given.get('x-docker-token') ?? '';
    const id = configOf(app);
    expect((await ask('GET /v1/repositories/bob/app/tags', own)).status).toBe(200);
    expect((await ask(`GET /v1/images/${id}/layer`, own)).status).toBe(200);
    expect((await ask('DELETE /v1/repositories/bob/app/tags/latest', own)).status).toBe(403);
    expect((await ask('PUT /v1/repositories/bob/app/properties', own, '{"access":"public"}')).status).toBe(403);
    expect((await ask('GET /v1/repositories/bob/public/tags', own)).status).toBe(404);
    expect((await ask('GET /v1/repositories/bob/app/tags', `${own.slice(0, 40)}x${own.slice(41)}`)).status).toBe(401);
    await service.send('PATCH /api/v1/users/bob', { disabled: true });
    expect((await ask('GET /v1/repositories/bob/app/tags', own)).status).toBe(401);
    await service.send('PATCH /api/v1/users/bob', { disabled: false });
  });

  describe('search', () => {
    const names = async (query: string, as: Credentials = bob) =>
      (await ask(`GET /v1/search${query}`, as)).body.results.map(({ name }: { name: string }) => name);

    it('finds what the sender may see, and to nobody what is public', async () => {
      expect(await names('', null)).toEqual(['bob/public', 'library/registry']);
      expect(await names('', carl)).toEqual(['bob/public', 'library/registry', 'plain']);
      expect(await names('')).toEqual(['bob/app', 'bob/public', 'library/registry', 'plain']);
      expect(await names('?q=APP')).toEqual(['bob/app']);
      expect(await names('?q=app', null)).toEqual([]);
      expect(await names(`?q=${encodeURIComponent('%')}`)).toEqual([]);
      expect(await names('?q=b_b')).toEqual([]);
    });

    it('has the form that clients read, and pages', async () => {
      const { body, headers, bytes } = await ask('GET /v1/search?q=b&n=2&page=2', bob, undefined, {
        'X-Docker-Token': 'true',
      });
      const result = { is_automated: false, is_official: false, star_count: 0 };
      const at = { description: `(at ${host}/library/registry)` };
      expect(body).toEqual({
        num_pages: 2,
        num_results: 3,
        page: 2,
        page_size: 2,
        query: 'b',
        results: [{ ...result, ...at, name: 'library/registry' }],
      });
      expect(
        bytes
          .toString()
          .startsWith('{"num_pages":2,"num_results":3,"page":2,"page_size":2,"query":"b","results":[{"desc'),
      ).toBe(true);
      expect(headers.get('cache-control')).toBe('no-cache');
      expect((await ask(`GET http://${host}/v1/search?q=registry`, null)).body).toMatchObject({
        page_size: 25,
        page: 1,
        results: [{ ...result, description: '', name: 'library/registry' }],
      });
      expect((await ask('GET /v1/search?q=b&page=9')).body).toMatchObject({ num_results: 3, page: 9, results: [] });
    });

    it.each([
      'n=0',
      'n=101',
      'n=x',
      'n=-1',
      'n=',
      'n=1.5',
      'page=0',
      'page=x',
      'q=%00',
      'q=a&q=b',
      `q=${'x'.repeat(300)}`,
    ])('refuses a wrong parameter (%#)', async (query) => {
      const { status, body } = await ask(`GET /v1/search?${query}`);
      expect([status, body]).toEqual([400, { error: expect.stringMatching(/^(n|page|q): /) }]);
    });

    it('takes the token that docker has where it keeps no password', async () => {
      const search = { scope: 'registry:catalog:search' };
      const { body } = await service.token('scope=registry:catalog:search&service=local', bob);
      expect(await names('', `Bearer ${body.access_token}`)).toEqual(await names(''));
      const kept = (await service.token('service=local&offline_token=true&client_id=docker', bob)).body.refresh_token;
      const exchanged = await fetch(`${service.url}/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: kept, service: 'local', ...search }),
      });
      expect(await names('', `Bearer ${((await exchanged.json()) as { access_token: string }).access_token}`)).toEqual(
        await names(''),
      );
      const other = (await service.token('scope=repository:bob/app:pull&service=local', bob)).body.token;
      expect(await names('', `Bearer ${other}`)).toEqual(['bob/app']);
      expect((await ask('GET /v1/search', 'Bearer a.b.c')).status).toBe(401);
      // It lets names be seen, whoever has it, and nothing else.
      const searches = `Bearer ${(await service.token('scope=registry:catalog:search&service=local', admin)).body.token}`;
      expect((await ask('GET /v1/repositories/bob/app/tags', searches)).status).toBe(200);
      expect(await told(`GET /v1/images/${configOf(app)}/json`, searches)).toEqual([404, { error: 'Image not found' }]);
      expect((await ask('DELETE /v1/repositories/bob/app/', searches)).status).toBe(403);
      expect((await ask('PUT /v1/repositories/bob/app/properties', searches, '{"access":"public"}')).status).toBe(403);
    });

    it('a narrowed access token finds no more by the token that it is exchanged for', async () => {
      const made = await service.send(
        'POST /api/v1/tokens',
        { label: 'narrow', repositories: [{ path: 'bob/public', actions: ['pull'] }] },
        bob,
      );
      const narrow = ['bob', made.body.secret] as const;
      const { body } = await service.token('scope=registry:catalog:search&service=local', narrow);
      expect(await names('', narrow)).toEqual(['bob/public']);
      expect(await names('', `Bearer ${made.body.secret}`)).toEqual(['bob/public']);
      expect(await names('', `Bearer ${body.token}`)).toEqual(['bob/public']);
    });
  });

  it('a session’s cookie opens nothing and changes nothing', async () => {
    const login = await service.send('POST /api/v1/session', { name: bob[0], password: bob[1] }, null);
    const cookie = { Cookie: (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '', 'X-Provision': '1' };
    expect((await ask('GET /v1/repositories/bob/app/tags', null, undefined, cookie)).status).toBe(401);
    expect((await ask('DELETE /v1/repositories/bob/app/', null, undefined, cookie)).status).toBe(401);
  });

  it('curl does what a note on docker-registry of 2015 says', async () => {
    const home = join(service.folder, 'curl');
    await mkdir(home);
    await writeFile(join(home, '.curlrc'), `silent\nuser = "${bob.join(':')}"\n`);
    const recipes: [string, unknown][] = [
      ['curl http://127.0.0.1:5000/v1/_ping', true],
      ['curl http://127.0.0.1:5000/v1/search', { num_results: 4 }],
      [
        'curl http://127.0.0.1:5000/v1/search?q=search_term&page=1&n=25',
        { num_pages: 0, page: 1, page_size: 25, query: 'search_term' },
      ],
      ['curl http://127.0.0.1:5000/v1/repositories/library/registry/tags', { latest: configOf(app) }],
      ['curl http://127.0.0.1:5000/v1/repositories/bob/public/tags', { 1: configOf(app) }],
      ['curl http://127.0.0.1:5000/v1/repositories/bob/public/tags/1 -X DELETE', true],
      ['curl http://127.0.0.1:5000/v1/repositories/bob/public/ -X DELETE', true],
      ['curl http://127.0.0.1:5000/v1/repositories/bob/public/tags', { error: 'Repository not found' }],
    ];
    for (const [recipe, answer] of recipes) {
      const [command = '', ...args] = recipe.replace('127.0.0.1:5000', new URL(service.url).host).split(' ');
      const { stdout } = await execa(command, args, { env: { HOME: home, CURL_HOME: home } });
      expect(JSON.parse(stdout), recipe).toEqual(typeof answer === 'object' ? expect.objectContaining(answer) : answer);
    }
  });

  it('a repository of which nothing is left is not there, and the registry has none of it', async () => {
    expect(await told('DELETE /v1/repositories/bob/app/tags')).toEqual([200, true]);
    expect(await told('GET /v1/repositories/bob/app/tags')).toEqual([404, { error: 'Repository not found' }]);
    expect(await told('DELETE /v1/repositories/bob/app')).toEqual([404, { error: 'Repository not found' }]);
    const token = (await service.token('service=local&scope=repository:bob/app:pull', bob)).body.token;
    const answer = await fetch(`http://${host}/v2/bob/app/manifests/latest`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(404);
    const { items } = (await service.send('GET /api/v1/audit?limit=200')).body;
    const verbs = items.map(({ verb }: { verb: string }) => verb);
    for (const verb of ['tag.set', 'tag.delete', 'repository.delete', 'visibility.set']) expect(verbs).toContain(verb);
  });

  it('wrote no error of its own', () => {
    expect(service.log.filter((line) => line.includes(' error ')).join('')).toBe('');
  });
});

/** Puts an id in its place in an expected answer. */
function withId(answer: unknown, id: string): unknown {
  if (answer === 'ID') return id;
  if (typeof answer !== 'object' || answer === null || !Object.values(answer).includes('ID')) return answer;
  return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, value === 'ID' ? id : value]));
}
