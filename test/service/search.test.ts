import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/service/store/open-database.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { fillIndex } from './search-kit.js';
import { type Credentials, type TestService, testService } from './service-kit.js';

const bob = ['bob', 'hunter2 hunter2'] as const;
const carl = ['carl', 'carls long word'] as const;
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => await postgres.stop());

/** PostgreSQL sorts words as in a dictionary there: `-` and `/` count for nothing at first. */
describe.each(['SQLite', 'PostgreSQL'])('search on %s', (kind) => {
  let service: TestService;
  const find = async (q: string, as: Credentials = bob, more = '') =>
    await service.send(`GET /api/v1/search?q=${encodeURIComponent(q)}${more}`, undefined, as);
  const found = async (q: string, as: Credentials = bob) =>
    (await find(q, as)).body.items.map(
      ({ repository, tag, digest }: { repository: string; tag: string | null; digest: string | null }) =>
        [repository, tag ?? (digest === null ? null : digest.slice(7, 13))].filter((each) => each !== null).join(':'),
    );

  beforeAll(async () => {
    const address = kind === 'SQLite' ? undefined : await postgres.database('en');
    service = await testService({
      registry: false,
      registries: [{ name: 'prod', host: '127.0.0.1:9', read_only: false }],
      ...(address === undefined ? {} : { database: address }),
    });
    for (const [name, password] of [bob, carl]) await service.send('POST /api/v1/users', { name, password });
    const database = await openDatabase(address ?? join(service.folder, 'service.db'));
    const now = Date.now();
    await fillIndex(
      database,
      'prod',
      [
        { name: 'bob/app', tags: { '1.0': 'amd', '1.1': 'index', latest: 'index' }, untagged: ['arm', 'old'] },
        { name: 'bob/app-db', tags: { '1.0': 'old' } },
        { name: 'bob/apple', tags: { 'v2-alpine': 'amd' }, pushedAt: now - 40 * 86_400_000 },
        { name: 'carl/app', tags: { '1.0': 'amd', '1.1': 'index' } },
      ],
      [
        { id: 'amd', platform: 'linux/amd64', labels: { team: 'web', title: 'My image' }, layers: ['base', 'one'] },
        {
          id: 'arm',
          platform: 'linux/arm64/v8',
          labels: { team: 'web' },
          annotations: { source: 'git' },
          layers: ['base', 'two'],
        },
        { id: 'old', platform: 'linux/amd64', labels: { team: 'Web' }, layers: ['three'] },
        { id: 'index', parts: ['amd', 'arm'] },
      ],
    );
    await database.close();
  });
  afterAll(async () => await service.close());

  it.each([
    ['app', ['bob/app', 'bob/app-db', 'bob/apple']],
    ['bob/app*', ['bob/app', 'bob/app-db', 'bob/apple']],
    ['name:*-db', ['bob/app-db']],
    ['pp d', ['bob/app-db']],
    ['a_p', []],
    ['tag:1.0', ['bob/app:1.0', 'bob/app-db:1.0']],
    ['tag:1.*', ['bob/app:1.0', 'bob/app:1.1', 'bob/app-db:1.0']],
    ['tag:*-alpine', ['bob/apple:v2-alpine']],
    ['tag:V2*', []],
    ['db tag:1.0', ['bob/app-db:1.0']],
    ['label:team=web', ['bob/app:1.0', 'bob/app:1.1', 'bob/app:latest', 'bob/apple:v2-alpine']],
    ['label:team', ['bob/app:1.0', 'bob/app:1.1', 'bob/app:latest', 'bob/app-db:1.0', 'bob/apple:v2-alpine']],
    ['label:source=git', ['bob/app:1.1', 'bob/app:latest']],
    ['label:"title=My *" tag:1.0', ['bob/app:1.0']],
    ['label:team=nobody', []],
    ['platform:linux/arm64', ['bob/app:1.1', 'bob/app:latest']],
    ['platform:linux/arm', []],
    ['platform:*/arm64/v8 tag:latest', ['bob/app:latest']],
    ['pushed:<30d tag:*', ['bob/app:1.0', 'bob/app:1.1', 'bob/app:latest', 'bob/app-db:1.0']],
    ['pushed:>30d', ['bob/apple:v2-alpine']],
  ])('%s', async (q, expected) => {
    expect(await found(q)).toEqual(expected);
  });

  it('finds by a digest: of the image, of one of an index, of a layer, also what has no tag', async () => {
    const { digests } = await import('./search-kit.js');
    expect(await found(`digest:${digests('amd')}`)).toEqual([
      'bob/app:1.0',
      'bob/app:1.1',
      'bob/app:latest',
      'bob/apple:v2-alpine',
    ]);
    expect(await found(`digest:${digests('arm').slice(0, 20)}`)).toEqual(['bob/app:1.1', 'bob/app:latest']);
    expect(await found(`digest:${digests('old')}`)).toEqual([
      `bob/app:${digests('old').slice(7, 13)}`,
      'bob/app-db:1.0',
    ]);
    expect(await found(`digest:${digests('three')} tag:*`)).toEqual(['bob/app-db:1.0']);
    expect(await found(`digest:${digests('nobody')}`)).toEqual([]);
    const [hit] = (await find(`digest:${digests('old')}`)).body.items;
    expect(hit).toMatchObject({ kind: 'image', tag: null, digest: digests('old'), platform: 'linux/amd64' });
  });

  it('shows nothing of what the account may not see, in no page and no count', async () => {
    const { digests } = await import('./search-kit.js');
    for (const q of [
      'app',
      'carl',
      'tag:*',
      'label:team',
      `digest:${digests('amd')}`,
      'platform:linux/amd64',
      'pushed:<1d',
    ]) {
      expect(await found(q, null)).toEqual([]);
      expect((await find(q, null)).body).toEqual({ items: [], next: null });
      expect((await found(q, carl)).every((each: string) => each.startsWith('carl/'))).toBe(true);
    }
    expect(await found('tag:1.1', carl)).toEqual(['carl/app:1.1']);
    await service.send('PUT /api/v1/visibilities', { path: 'carl/app', visibility: 'public' }, carl);
    await expect.poll(() => found('carl', null)).toEqual(['carl/app']);
    await service.send('PUT /api/v1/visibilities', { path: 'carl/app', visibility: null }, carl);
  });

  it.each(['app', 'tag:*', 'label:team'])('pages of one each are the whole: %s', async (q) => {
    const whole = (await find(q)).body.items;
    const parts: unknown[] = [];
    let after: string | null = null;
    do {
      const { body }: { body: { items: unknown[]; next: string | null } } = await find(
        q,
        bob,
        `&limit=1${after === null ? '' : `&after=${encodeURIComponent(after)}`}`,
      );
      parts.push(...body.items);
      after = body.next;
    } while (after !== null && parts.length < 20);
    expect(parts).toEqual(whole);
  });

  it.each([
    ['', 'q', /column 1: there is nothing/],
    ['a colour:red', 'q', /column 3: there is no colour:/],
    ['tag:\0', 'q', /NUL/],
  ])('refuses %j, with the place', async (q, pointer, detail) => {
    const { status, body } = await find(q);
    expect([status, body.errors]).toEqual([422, [{ pointer, detail: expect.stringMatching(detail) }]]);
  });

  it('refuses a cursor that no page gave', async () => {
    expect((await find('app', bob, '&after=x')).body.errors).toEqual([
      { pointer: 'after', detail: 'must be `next` of the page before' },
    ]);
  });
});
