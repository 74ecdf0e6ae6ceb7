import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/service/store/database.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import { connect } from '../../src/service-client/connect.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { digests, fillIndex } from './search-kit.js';
import { admin, type TestService, testService } from './service-kit.js';

const [bob, carl, dora] = [
  ['bob', 'hunter2 hunter2'],
  ['carl', 'hunter3 hunter3'],
  ['dora', 'hunter4 hunter4'],
] as const;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/*
 * One registry that is nowhere: the index is filled by hand. bob owns bob/, carl may pull bob/app, dora has no role.
 */
describe.each(['SQLite', 'PostgreSQL'])('what people say of repositories, in %s', (kind) => {
  let service: TestService;
  let database: Database;
  const registry = 'main';
  const place = { registry, repository: 'bob/app' };
  const base = `/api/v1/registries/${registry}/repositories/bob%2Fapp`;
  const as = ([name, password]: readonly [string, string]) =>
    connect({ url: service.url, account: { name, password } });
  const status = async (request: string, who: readonly [string, string] | null, body?: unknown): Promise<number> =>
    (await service.send(request, body, who)).status;
  const all = async <Item>(items: AsyncGenerator<Item>): Promise<Item[]> => {
    const found: Item[] = [];
    for await (const item of items) found.push(item);
    return found;
  };

  beforeAll(async () => {
    const config = kind === 'SQLite' ? {} : { database: await postgres.database('de-DE') };
    service = await testService({
      registry: false,
      registries: [{ name: registry, host: '127.0.0.1:1', read_only: false }],
      ...config,
    });
    database = await openDatabase(config.database ?? `${service.folder}/service.db`);
    for (const [name, password] of [bob, carl, dora]) await service.send('POST /api/v1/users', { name, password });
    const label = 'org.opencontainers.image.description';
    await fillIndex(
      database,
      registry,
      [
        { name: 'bob/app', tags: { '1': 'plain', '2': 'index' }, pushedAt: 5000 },
        { name: 'bob/new', tags: { '1': 'described', '0': 'older' } },
        { name: 'bob/old', tags: { '1': 'plain' } },
        { name: 'carl/own', tags: { '1': 'plain' } },
      ],
      [
        { id: 'plain' },
        { id: 'part', labels: { [label]: 'An application\n of bob' } },
        { id: 'index', parts: ['part'] },
        { id: 'described', annotations: { [label]: 'x'.repeat(300) } },
        { id: 'older', labels: { [label]: 'older' } },
      ],
    );
    await database.db
      .updateTable('repository_manifests')
      .set({ pushed_at: 1 })
      .where('digest', '=', digests('older'))
      .execute();
    const subject = { kind: 'account', name: 'carl' };
    await service.send('POST /api/v1/grants', { subject, path: 'bob/app', role: 'puller' });
    await service.send('POST /api/v1/grants', { subject, path: 'bob/old', role: 'viewer' });
  });
  afterAll(async () => {
    await database.close();
    await service.close();
  });

  it('stars are counted, each account’s once, and order repositories', async () => {
    expect(await as(carl).hub.star(place)).toEqual({ stars: 1, starred: true });
    expect(await as(carl).hub.star(place)).toEqual({ stars: 1, starred: true });
    expect(await as(bob).hub.star(place)).toEqual({ stars: 2, starred: true });
    await as(bob).hub.star({ registry, repository: 'bob/old' });
    expect(await as([...admin]).images.repository(place)).toMatchObject({ stars: 2, starred: false });
    const ranked = await all(as(bob).images.repositories({ sort: 'stars' }));
    expect(ranked.map(({ name, stars, starred }) => [name, stars, starred])).toEqual([
      ['bob/app', 2, true],
      ['bob/old', 1, true],
      ['bob/new', 0, false],
    ]);
    const names = [];
    for (let after = ''; ; ) {
      const query = `sort=stars&limit=1${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`;
      const { items, next } = (await service.send(`GET /api/v1/repositories?${query}`)).body;
      names.push(items[0].name);
      if (next === null) break;
      after = next;
    }
    expect(names).toEqual(['bob/app', 'bob/old', 'bob/new', 'carl/own']);
    expect(await status('GET /api/v1/repositories?sort=stars&after=x', bob)).toBe(422);
    expect(await as(bob).hub.unstar({ registry, repository: 'bob/old' })).toEqual({ stars: 0, starred: false });
    expect((await all(as(bob).hub.starred())).map(({ name }) => name)).toEqual(['bob/app']);
  });

  it('a repository that somebody may no longer see is gone from all that they starred, read and wrote', async () => {
    await as(carl).hub.star({ registry, repository: 'bob/old' });
    expect(await all(as(carl).hub.starred())).toHaveLength(2);
    await service.send('POST /api/v1/notices', { path: 'bob/old', text: 'secret' });
    const grants = (await service.send('GET /api/v1/grants?path=bob/old')).body.items;
    await service.send(`DELETE /api/v1/grants/${grants[0].id}`);
    expect((await all(as(carl).hub.starred())).map(({ name }) => name)).toEqual(['bob/app']);
    const old = base.replace('app', 'old');
    for (const [method, path, body] of [
      ['PUT', 'star'],
      ['DELETE', 'star'],
      ['GET', 'comments'],
      ['POST', 'comments', { text: 'x' }],
      ['GET', 'readme'],
      ['PUT', 'readme', { text: 'x' }],
      ['PUT', 'description', { description: 'x' }],
      ['GET', 'collaborators'],
      ['PUT', 'collaborators/carl', { role: 'owner' }],
      ['DELETE', 'collaborators/bob'],
      ['GET', 'visibility'],
      ['PUT', 'visibility', { visibility: 'public' }],
    ] as const) {
      const answer = await service.send(`${method} ${old}/${path}`, body, carl);
      const never = await service.send(`${method} ${old.replace('old', 'nothing')}/${path}`, body, carl);
      expect([method, path, answer.status]).toEqual([method, path, 404]);
      expect(answer.body.detail).toBe(never.body.detail.replaceAll('nothing', 'old'));
    }
    expect((await service.send('GET /api/v1/notices', undefined, carl)).body.items).toEqual([]);
    // The star itself stays: it counts again for whoever may see it.
    expect(await as(bob).images.repository({ registry, repository: 'bob/old' })).toMatchObject({ stars: 1 });
  });

  it('comments are written by those who may pull, changed by their author, deleted by that or a maintainer', async () => {
    const hub = { bob: as(bob).hub, carl: as(carl).hub };
    const first = await hub.carl.comment(place, { text: '**Which** <b>base</b>?' });
    expect(first).toMatchObject({ author: 'carl', own: true, tag: null, editedAt: null });
    expect(first.html).toBe('<p><strong>Which</strong> &lt;b&gt;base&lt;/b&gt;?</p>');
    const second = await hub.bob.comment(place, { text: 'alpine', tag: '2' });
    expect((await all(hub.carl.comments(place))).map(({ id, own }) => [id, own])).toEqual([
      [first.id, true],
      [second.id, false],
    ]);
    expect((await all(hub.carl.comments(place, '2'))).map(({ id }) => id)).toEqual([second.id]);
    expect((await service.send(`GET ${base}/comments?limit=1`, undefined, bob)).body.next).toBe(String(first.id));
    const edited = await hub.carl.editComment(place, first.id, 'Which base?');
    expect(edited).toMatchObject({ text: 'Which base?', editedAt: expect.stringMatching(/^2/) });
    expect(await status(`PATCH ${base}/comments/${first.id}`, bob, { text: 'x' })).toBe(403);
    expect(await status(`DELETE ${base}/comments/${second.id}`, carl)).toBe(403);
    expect(await status(`GET ${base}/comments`, dora)).toBe(404);
    expect(await status(`POST ${base}/comments`, carl, { text: 'x', tag: 'none' })).toBe(404);
    for (const text of ['', '  \n', 'x'.repeat(4001), 'é'.repeat(2001), 'a\u0000']) {
      expect(await status(`POST ${base}/comments`, carl, { text })).toBe(422);
    }
    await hub.bob.removeComment(place, first.id);
    await hub.bob.removeComment(place, second.id);
    expect(await all(hub.carl.comments(place))).toEqual([]);
    expect(await status(`DELETE ${base}/comments/${first.id}`, bob)).toBe(404);
    const { items } = (await service.send('GET /api/v1/audit?verb=comment.delete')).body;
    expect(items.map(({ actor, detail }: never) => [actor, detail])).toContainEqual([
      'bob',
      { registry, comment: first.id, author: 'carl' },
    ]);
  });

  it('a comment of an account that is gone stays, and is not that of the next of its name', async () => {
    await service.send('POST /api/v1/users', { name: 'erik', password: 'hunter5 hunter5' });
    await as(bob).hub.setCollaborator(place, 'erik', 'puller');
    const { id } = await as(['erik', 'hunter5 hunter5']).hub.comment(place, { text: 'a' });
    await service.send('DELETE /api/v1/users/erik');
    await service.send('POST /api/v1/users', { name: 'erik', password: 'hunter6 hunter6' });
    await as(bob).hub.setCollaborator(place, 'erik', 'puller');
    const [comment] = await all(as(['erik', 'hunter6 hunter6']).hub.comments(place));
    expect(comment).toMatchObject({ id, author: 'erik', own: false });
    expect(await status(`PATCH ${base}/comments/${id}`, ['erik', 'hunter6 hunter6'], { text: 'x' })).toBe(403);
    await as(bob).hub.removeComment(place, id);
    await service.send('DELETE /api/v1/users/erik');
  });

  it('an account writes so many texts an hour, deleted ones too', async () => {
    await service.send('POST /api/v1/users', { name: 'fred', password: 'hunter5 hunter5' });
    const { id } = await database.db
      .selectFrom('accounts')
      .select('id')
      .where('name', '=', 'fred')
      .executeTakeFirstOrThrow();
    await as(bob).hub.setCollaborator(place, 'fred', 'puller');
    const hour = Math.floor(Date.now() / 3_600_000);
    // Also for the hour that begins meanwhile.
    for (const at of [hour, hour + 1]) {
      await database.db.insertInto('written_texts').values({ account_id: id, hour: at, count: 119 }).execute();
    }
    const fred = ['fred', 'hunter5 hunter5'] as const;
    expect(await status(`POST ${base}/comments`, fred, { text: 'x' })).toBe(201);
    const refused = await service.send(`POST ${base}/comments`, { text: 'x' }, fred);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await service.send('DELETE /api/v1/users/fred');
  });

  it('a description is the maintainers’, or else that of the newest image that has one', async () => {
    const [image, own] = [{ registry, repository: 'bob/new' }, place];
    expect(await as(bob).images.repository(own)).toMatchObject({
      description: 'An application of bob',
      descriptionFrom: 'image',
    });
    expect(await as(bob).images.repository(image)).toMatchObject({ description: 'x'.repeat(300) });
    const [hit] = await all(as(bob).images.search('bob/new'));
    expect(hit?.description).toBe(`${'x'.repeat(99)}…`);
    await as(bob).hub.describe(own, 'What bob says');
    expect(await as(bob).images.repository(own)).toMatchObject({
      description: 'What bob says',
      descriptionFrom: 'repository',
    });
    await as(bob).hub.describe(own, '');
    expect(await as(bob).images.repository(own)).toMatchObject({ descriptionFrom: 'image' });
    expect(await as(bob).images.repository({ registry, repository: 'bob/old' })).toMatchObject({
      description: '',
      descriptionFrom: null,
    });
    expect(await status(`PUT ${base}/description`, carl, { description: 'x' })).toBe(403);
    for (const description of ['x'.repeat(501), 'a\nb']) {
      expect(await status(`PUT ${base}/description`, bob, { description })).toBe(422);
    }
  });

  it('a README is written by maintainers, as it was read', async () => {
    expect(await status(`GET ${base}/readme`, bob)).toBe(404);
    expect(await as(bob).hub.writeReadme(place, '# App\n\n[docs](https://a.example)')).toMatchObject({
      html: expect.stringContaining('<h1>App</h1>'),
      writtenBy: 'bob',
    });
    const read = await service.send(`GET ${base}/readme`, undefined, carl);
    expect([read.body.text, read.headers.get('etag')]).toEqual(['# App\n\n[docs](https://a.example)', '"1"']);
    const put = (match: string) => service.send(`PUT ${base}/readme`, { text: 'two' }, bob, { 'If-Match': match });
    expect((await put('"7"')).status).toBe(412);
    expect((await put('"1"')).headers.get('etag')).toBe('"2"');
    expect((await put('"1"')).status).toBe(412);
    expect(await status(`PUT ${base}/readme`, carl, { text: 'x' })).toBe(403);
    expect(await status(`PUT ${base}/readme`, bob, { text: 'x'.repeat(65_537) })).toBe(422);
    expect(await status(`PUT ${base}/readme`, bob, { text: 'x\n'.repeat(32_768) })).toBe(200);
    await as(bob).hub.removeReadme(place);
    expect(await status(`GET ${base}/readme`, carl)).toBe(404);
  });

  it('notices are shown at what they are pinned to, until they are over', async () => {
    const hub = as(bob).hub;
    const below = await hub.pinNotice({ path: 'bob/', text: 'moves to *new*', level: 'info' });
    const exact = await hub.pinNotice({ path: 'bob/app', registry, text: 'use bob/new', level: 'deprecated' });
    await service.send('POST /api/v1/notices', { path: '', text: 'to all', level: 'warning' });
    const shown = await as(carl).images.repository(place);
    expect(shown.notices.map(({ level, html }) => [level, html])).toEqual([
      ['deprecated', '<p>use bob/new</p>'],
      ['warning', '<p>to all</p>'],
      ['info', '<p>moves to <em>new</em></p>'],
    ]);
    expect(shown.notice).toBe('deprecated');
    const listed = await all(as([...admin]).images.repositories());
    expect(Object.fromEntries(listed.map(({ name, notice }) => [name, notice]))).toMatchObject({
      'bob/app': 'deprecated',
      'bob/new': 'warning',
      'carl/own': 'warning',
    });
    const tags = (await service.send(`GET ${base}/tags`, undefined, carl)).body;
    expect(tags.notices.map(({ id }: { id: string }) => id)).toContain(exact.id);
    await database.db
      .updateTable('notices')
      .set({ until: Date.now() - 1 })
      .where('id', '=', exact.id)
      .execute();
    expect((await as(carl).images.repository(place)).notice).toBe('warning');
    // Its maintainers still see it, and delete it.
    expect((await all(hub.notices())).map(({ id }) => id)).toEqual(expect.arrayContaining([below.id, exact.id]));
    expect(await status(`DELETE /api/v1/notices/${exact.id}`, carl)).toBe(404);
    await hub.removeNotice(exact.id);
    expect(await status(`DELETE /api/v1/notices/${exact.id}`, bob)).toBe(404);
    expect(await status('POST /api/v1/notices', bob, { path: '', text: 'x' })).toBe(403);
    expect(await status('POST /api/v1/notices', carl, { path: 'bob/app', text: 'x' })).toBe(403);
    const past = { path: 'bob/', text: 'x', until: '2020-01-01T00:00:00Z' };
    expect(await status('POST /api/v1/notices', bob, past)).toBe(422);
    for (let count = 1; count < 10; count += 1) await hub.pinNotice({ path: 'bob/', text: `${count}` });
    expect(await status('POST /api/v1/notices', bob, { path: 'bob/', text: 'eleventh' })).toBe(409);
  });

  it('collaborators are those with a role on exactly a repository, shown with what else lets them in', async () => {
    const { hub } = as(bob);
    await service.send('POST /api/v1/groups', { name: 'team' });
    await service.send('PUT /api/v1/groups/team/members/dora');
    await service.send('POST /api/v1/grants', {
      subject: { kind: 'group', name: 'team' },
      path: 'bob/',
      role: 'viewer',
    });
    await hub.setCollaborator(place, 'dora', 'pusher');
    await hub.setCollaborator(place, 'dora', 'puller');
    const found = await all(hub.collaborators(place));
    expect(found.map(({ account }) => account)).toEqual(['bob', 'carl', 'dora']);
    expect(found[2]).toMatchObject({ kind: 'user', actions: ['see', 'pull'] });
    const through = found[2]?.through.map(({ subject, path, role, own }) => [
      subject.kind,
      subject.name,
      path,
      role,
      own,
    ]);
    expect(through?.toSorted()).toEqual([
      ['account', 'dora', 'bob/app', 'puller', true],
      ['group', 'team', 'bob/', 'viewer', false],
    ]);
    expect(found[0]?.actions).toEqual(['see', 'pull', 'push', 'delete', 'manage']);
    await hub.removeCollaborator(place, 'dora');
    expect((await all(hub.collaborators(place))).at(-1)).toMatchObject({ account: 'dora', actions: ['see'] });
    expect(await status(`DELETE ${base}/collaborators/dora`, bob)).toBe(404);
    expect(await status(`PUT ${base}/collaborators/nobody`, bob, { role: 'puller' })).toBe(404);
    expect(await status(`PUT ${base}/collaborators/dora`, carl, { role: 'puller' })).toBe(403);
    expect(await status(`PUT ${base}/collaborators/dora`, bob, { role: 'king' })).toBe(422);
  });

  it('the visibility of one repository is its owner’s to set', async () => {
    const { hub } = as(bob);
    expect(await hub.openness(place)).toEqual({ visibility: 'private', path: '', anybody: [], anyAccount: [] });
    expect(await hub.setVisibility(place, 'internal')).toEqual({
      visibility: 'internal',
      path: 'bob/app',
      anybody: [],
      anyAccount: ['see', 'pull'],
    });
    expect([await status(`GET ${base}`, dora), await status(`GET ${base}`, null)]).toEqual([200, 404]);
    expect((await hub.setVisibility(place, 'public')).anybody).toEqual(['see', 'pull']);
    expect([await status(`GET ${base}`, null), await status(`GET ${base}/comments`, null)]).toEqual([200, 200]);
    expect(await status(`POST ${base}/comments`, null, { text: 'x' })).toBe(401);
    expect(await status(`PUT ${base}/visibility`, carl, { visibility: 'private' })).toBe(403);
    await hub.setVisibility(place, null);
    expect(await status(`GET ${base}`, null)).toBe(404);
  });
});
