import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/service/store/database.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import { connect } from '../../src/service-client/connect.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { digests, fillIndex } from './search-kit.js';
import { admin, type TestService, testService } from './service-kit.js';
import { trustingRegistry } from './trusting-registry-kit.js';
import { type ScriptedUpstream, scriptedUpstream } from './upstream-kit.js';

const bob = ['bob', 'hunter2 hunter2'] as const;
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

describe.each(['SQLite', 'PostgreSQL'])('a mirror beside what it mirrors, in %s', (kind) => {
  let upstream: ScriptedUpstream;
  let service: TestService;
  let database: Database;
  const hub = ([name, password]: readonly [string, string] = [...admin]) =>
    connect({ url: service.url, account: { name, password } }).hub;
  const differences = async (as?: readonly [string, string]) => {
    const found: string[] = [];
    for await (const { repository, tag, kind: what } of hub(as).mirrorDifferences('copy')) {
      found.push(`${what} ${repository}${tag === null ? '' : `:${tag}`}`);
    }
    return found;
  };

  beforeAll(async () => {
    upstream = await scriptedUpstream();
    const config = kind === 'SQLite' ? {} : { database: await postgres.database('en-US') };
    service = await testService({
      registry: false,
      registries: [
        { name: 'copy', host: '127.0.0.1:1', read_only: false, kind: 'mirror', upstream: upstream.url },
        { name: 'plain', host: '127.0.0.1:2', read_only: false, upstream: upstream.url },
      ],
      ...config,
    });
    database = await openDatabase(config.database ?? `${service.folder}/service.db`);
    await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
    await fillIndex(
      database,
      'copy',
      [
        { name: 'bob/app', tags: { '1': 'one', '2': 'two', mine: 'mine' } },
        { name: 'team/tool', tags: { '1': 'one' } },
        { name: 'team/gone', tags: { '1': 'one' } },
      ],
      [{ id: 'one' }, { id: 'two' }, { id: 'mine' }],
    );
    upstream.repositories = {
      'bob/app': { '1': digests('one'), '2': digests('newer'), '3': digests('three') },
      'team/tool': { '1': digests('one') },
      'team/other': { '1': digests('one') },
    };
  });
  afterAll(async () => {
    await database.close();
    await service.close();
    await upstream.close();
  });

  it('has not been looked at at first', async () => {
    expect(await hub().mirror('copy')).toMatchObject({ lookedAt: null, complete: false, items: [], lag: null });
  });

  it('says what is missing, what is other, and what only the mirror has', async () => {
    await hub().lookAtMirror('copy');
    expect(await differences()).toEqual([
      'other bob/app:2',
      'missing bob/app:3',
      'extra bob/app:mine',
      'extra team/gone:1',
      'missing team/other',
    ]);
    const state = await hub().mirror('copy');
    expect(state).toMatchObject({
      upstream: upstream.url,
      error: '',
      complete: true,
      counts: { missing: 2, other: 1, extra: 2 },
      failures: [],
    });
    expect(state.items[0]).toMatchObject({ digest: digests('two'), upstreamDigest: digests('newer') });
    expect(state.lag).toBeGreaterThanOrEqual(0);
    // A listing of tags for each repository, a HEAD for each tag of both, and the catalogue.
    expect(state.requests).toBe(3 + 3 + 1);
  });

  it('each sees of it what they may see, and whoever sees nothing is told of none', async () => {
    expect(await differences(bob)).toEqual(['other bob/app:2', 'missing bob/app:3', 'extra bob/app:mine']);
    expect((await hub(bob).mirror('copy')).counts).toEqual({ missing: 1, other: 1, extra: 1 });
    await service.send('POST /api/v1/users', { name: 'carl', password: 'hunter3 hunter3' });
    const of = (registry: string, as: readonly [string, string] | null) =>
      service.send(`GET /api/v1/registries/${registry}/mirror`, undefined, as);
    expect((await of('copy', ['carl', 'hunter3 hunter3'])).status).toBe(404);
    expect((await of('copy', null)).status).toBe(401);
    // It is no mirror, whatever it names.
    expect((await of('plain', admin)).status).toBe(404);
    expect((await service.send('POST /api/v1/registries/copy/mirror/look', undefined, bob)).status).toBe(403);
  });

  it('pages lead through all of it', async () => {
    const found: string[] = [];
    for (let after = ''; ; ) {
      const query = `limit=2${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`;
      const { items, next } = (await service.send(`GET /api/v1/registries/copy/mirror?${query}`)).body;
      found.push(...items.map(({ repository, tag }: { repository: string; tag: string }) => `${repository}:${tag}`));
      if (next === null) break;
      after = next;
    }
    expect(found).toEqual(['bob/app:2', 'bob/app:3', 'bob/app:mine', 'team/gone:1', 'team/other:null']);
  });

  it('a difference keeps its time until it is gone', async () => {
    await database.db.updateTable('mirror_differences').set({ since: 1000 }).where('tag', '=', '2').execute();
    await hub().lookAtMirror('copy');
    expect(await hub().mirror('copy')).toMatchObject({ behindSince: '1970-01-01T00:00:01.000Z' });
    upstream.repositories['bob/app'] = { '1': digests('one'), '2': digests('two'), mine: digests('mine') };
    upstream.repositories['team/gone'] = { '1': digests('one') };
    delete upstream.repositories['team/other'];
    await hub().lookAtMirror('copy');
    expect(await hub().mirror('copy')).toMatchObject({ items: [], lag: null, behindSince: null, complete: true });
  });

  it('of a look that failed the last answer stays, and why it failed is said', async () => {
    upstream.repositories['bob/app'] = { '1': digests('other') };
    await hub().lookAtMirror('copy');
    const before = await hub().mirror('copy');
    expect(before.counts).toEqual({ missing: 0, other: 1, extra: 2 });
    upstream.fails = 503;
    const refused = await service.send('POST /api/v1/registries/copy/mirror/look');
    expect([refused.status, refused.body.detail]).toEqual([
      503,
      expect.stringMatching(/list the tags of 127\.0\.0\.1/),
    ]);
    const after = await hub().mirror('copy');
    expect(after).toMatchObject({ items: before.items, counts: before.counts, succeededAt: before.succeededAt });
    expect(after.error).toMatch(/503/);
    upstream.fails = undefined;
    await hub().lookAtMirror('copy');
    expect((await hub().mirror('copy')).error).toBe('');
  });

  it('a repository that upstream shows to others alone says nothing of the rest', async () => {
    upstream.denied.add('team/tool');
    await hub().lookAtMirror('copy');
    const state = await hub().mirror('copy');
    expect(state.failures).toEqual([{ repository: 'team/tool', error: expect.stringMatching(/team\/tool/) }]);
    expect(state).toMatchObject({ error: '', counts: { missing: 0, other: 1, extra: 2 } });
    upstream.denied.clear();
  });
});

it('an upstream that takes an account is looked at by the one of the configuration', async () => {
  const upstream = await scriptedUpstream({ username: 'mirror', password: 's3cret' });
  const folder = await testService({ registry: false });
  const file = join(folder.folder, 'password');
  await writeFile(file, 's3cret\n');
  const { host } = new URL(upstream.url);
  const service = await testService({
    registry: false,
    registries: [{ name: 'copy', host: '127.0.0.1:1', read_only: false, kind: 'mirror', upstream: upstream.url }],
    upstreams: [{ host, username: 'mirror', password_file: file }],
  });
  const database = await openDatabase(`${service.folder}/service.db`);
  await fillIndex(database, 'copy', [{ name: 'a', tags: { '1': 'one' } }], [{ id: 'one' }]);
  await database.close();
  upstream.repositories = { a: { '1': digests('one') } };
  expect((await service.send('POST /api/v1/registries/copy/mirror/look')).status).toBe(204);
  await writeFile(file, 'wrong\n');
  const refused = await service.send('POST /api/v1/registries/copy/mirror/look');
  expect(refused.status).toBe(503);
  expect(JSON.stringify(refused.body)).not.toContain('wrong');
  await service.close();
  await folder.close();
  await upstream.close();
});

it('a mirror is compared by itself, once its own content is known', async () => {
  const upstream = await scriptedUpstream();
  upstream.repositories = { a: { '1': digests('one') } };
  const host = `127.0.0.1:${await freePort()}`;
  const service = await testService({
    registry: false,
    reconcile_every: 10,
    registries: [{ name: 'copy', host, read_only: false, kind: 'mirror', upstream: upstream.url }],
  });
  const { hub } = connect({ url: service.url, account: { name: admin[0], password: admin[1] } });
  // It does not answer yet: that it lacks all of the upstream would be wrong.
  await expect.poll(() => service.log.join(''), { timeout: 60_000 }).toContain('the index of copy stays as it is');
  expect((await hub.mirror('copy')).lookedAt).toBeNull();
  const registry = await trustingRegistry(service, 'copy', host);
  await expect
    .poll(async () => (await hub.mirror('copy')).items, { timeout: 60_000 })
    .toMatchObject([{ repository: 'a', tag: null, kind: 'missing' }]);
  await registry.stop();
  await service.close();
  await upstream.close();
});
