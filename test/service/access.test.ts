import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { admin, type Credentials, type TestService, testService } from './service-kit.js';

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => await postgres.stop());

const bob = ['bob', 'hunter2 hunter2'] as const;
const carl = ['carl', 'carls long word'] as const;

describe.each(['SQLite', 'PostgreSQL'])('accounts and rights on %s', (kind) => {
  let service: TestService;
  beforeAll(async () => {
    service = await testService({
      registry: false,
      ...(kind === 'SQLite' ? {} : { database: await postgres.database() }),
    });
    for (const [name, password] of [bob, carl]) await service.send('POST /api/v1/users', { name, password });
  });
  afterAll(async () => await service.close());

  const explain = async (query: string, as: Credentials = admin) =>
    (await service.send(`GET /api/v1/explain?${query}`, undefined, as)).body;

  it('makes the first account by a token that is good once', async () => {
    expect(service.setupToken).toMatch(/^[\w-]{32}$/);
    const again = await service.send(
      'POST /api/v1/setup',
      { token: service.setupToken, name: 'eve', password: 'long enough' },
      null,
    );
    expect([again.status, again.body.detail]).toEqual([403, expect.stringContaining('was used')]);
  });

  it('shows a user themselves, and others as if they were not there', async () => {
    const own = await service.send('GET /api/v1/users/bob', undefined, bob);
    expect(own.body).toMatchObject({ name: 'bob', admin: false, hasPassword: true, source: 'local' });
    const other = await service.send('GET /api/v1/users/carl', undefined, bob);
    const nobody = await service.send('GET /api/v1/users/nobody-at-all', undefined, bob);
    expect([other.status, nobody.status]).toEqual([404, 404]);
    expect((await service.send('GET /api/v1/users', undefined, bob)).status).toBe(403);
  });

  it('lists in pages, each with the address of the next', async () => {
    const first = await service.send('GET /api/v1/users?limit=2');
    expect(first.body.items.map(({ name }: { name: string }) => name)).toEqual(['anna', 'bob']);
    expect(first.headers.get('link')).toBe('</api/v1/users?limit=2&after=bob>; rel="next"');
    const last = await service.send(`GET /api/v1/users?limit=2&after=${first.body.next}`);
    expect(last.body).toMatchObject({ items: [{ name: 'carl' }], next: null });
  });

  it('refuses a change to what has changed since it was read', async () => {
    const read = await service.send('GET /api/v1/users/carl');
    const tag = read.headers.get('etag') ?? '';
    await service.send('PATCH /api/v1/users/carl', { fullName: 'Carl' });
    const answer = await fetch(`${service.url}/api/v1/users/carl`, {
      method: 'PATCH',
      headers: { 'If-Match': tag, 'Content-Type': 'application/json', Authorization: `Basic ${btoa(admin.join(':'))}` },
      body: '{"fullName":"Karl"}',
    });
    expect([answer.status, ((await answer.json()) as { type: string }).type]).toEqual([
      412,
      '/api/v1/problems/version-mismatch',
    ]);
  });

  it('keeps one administrator', async () => {
    const answers = [
      await service.send('PATCH /api/v1/users/anna', { admin: false }),
      await service.send('PATCH /api/v1/users/anna', { disabled: true }),
      await service.send('DELETE /api/v1/users/anna'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409]);
    expect((await service.send('GET /api/v1/users/anna')).body).toMatchObject({ admin: true, disabled: false });
  });

  it('wants the present password of whoever changes their own', async () => {
    const wrong = await service.send(
      'PATCH /api/v1/users/carl',
      { password: 'another word!', currentPassword: 'no' },
      carl,
    );
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '/currentPassword']);
    const right = await service.send(
      'PATCH /api/v1/users/carl',
      { password: 'another word!', currentPassword: carl[1] },
      carl,
    );
    expect(right.status).toBe(200);
    expect((await service.send('GET /api/v1/session', undefined, carl)).status).toBe(401);
    await service.send('PATCH /api/v1/users/carl', { password: carl[1] });
  });

  it('gives each user what lies below their name', async () => {
    expect(await explain('account=bob&action=push&repository=bob/app')).toMatchObject({
      allowed: true,
      reason: 'bob may push bob/app: bob is owner of all below bob/',
    });
    expect(await explain('account=bob&action=pull&repository=carl/app')).toMatchObject({ allowed: false });
  });

  it('does not give a name below which somebody has rights already', async () => {
    await service.send('POST /api/v1/grants', {
      subject: { kind: 'account', name: 'bob' },
      path: 'ops/',
      role: 'owner',
    });
    await service.send('POST /api/v1/users', { name: 'ops', password: 'I want it all' });
    expect(await explain('account=ops&action=push&repository=ops/app')).toMatchObject({ allowed: false });
  });

  it('decides by roles of groups, denials and visibility, and says why', async () => {
    await service.send('POST /api/v1/groups', { name: 'builders' });
    await service.send('PUT /api/v1/groups/builders/members/bob');
    const granted = await service.send('POST /api/v1/grants', {
      subject: { kind: 'group', name: 'builders' },
      path: 'team/',
      role: 'pusher',
    });
    expect(granted.status).toBe(201);
    expect(await explain('account=bob&action=push&repository=team/app')).toMatchObject({
      allowed: true,
      reason: 'bob may push team/app: group builders is pusher of all below team/',
    });
    expect(await explain('account=bob&action=delete&repository=team/app')).toMatchObject({ allowed: false });
    await service.send('POST /api/v1/grants', {
      subject: { kind: 'account', name: 'bob' },
      path: 'team/secret',
      denied: ['pull', 'push'],
    });
    expect(await explain('account=bob&action=push&repository=team/secret')).toMatchObject({
      allowed: false,
      reason: 'bob may not push team/secret: bob is denied it on team/secret',
    });
    await service.send('PUT /api/v1/visibilities', { path: 'team/', visibility: 'internal' });
    await service.send('PUT /api/v1/visibilities', { path: 'team/open', visibility: 'public' });
    const asked = ['carl', 'anonymous'].flatMap((who) => ['team/app', 'team/open'].map((name) => [who, name]));
    const allowed = await Promise.all(
      asked.map(([who, name]) => explain(`account=${who}&action=pull&repository=${name}`)),
    );
    expect(allowed.map((each) => each.allowed)).toEqual([true, true, false, true]);
  });

  it('lets owners of a path say who does what there, and nowhere else', async () => {
    const give = (path: string) =>
      service.send('POST /api/v1/grants', { subject: { kind: 'account', name: 'carl' }, path, role: 'puller' }, bob);
    expect((await give('bob/shared')).status).toBe(201);
    expect([(await give('team/app')).status, (await give('')).status]).toEqual([403, 403]);
    const listed = await service.send('GET /api/v1/grants?path=bob/', undefined, bob);
    expect(listed.body.items.map((each: { path: string; role: string }) => [each.path, each.role])).toContainEqual([
      'bob/shared',
      'puller',
    ]);
    const foreign = (await service.send('GET /api/v1/grants?path=team/')).body.items[0].id;
    expect((await service.send(`DELETE /api/v1/grants/${foreign}`, undefined, bob)).status).toBe(403);
  });

  it('shows the secret of an access token once, and narrows by it', async () => {
    const made = await service.send(
      'POST /api/v1/tokens',
      { label: 'ci', repositories: [{ path: 'bob/app', actions: ['pull'] }], api: 'read' },
      bob,
    );
    expect([made.status, made.body.secret]).toEqual([201, expect.stringMatching(/^prv_[0-9A-Za-z]{33}$/)]);
    const bearer = `Bearer ${made.body.secret}`;
    expect((await service.send('GET /api/v1/tokens', undefined, bearer)).body.items[0]).not.toHaveProperty('secret');
    expect((await service.send('POST /api/v1/tokens', { label: 'more' }, bearer)).status).toBe(403);
    expect((await service.send('PATCH /api/v1/users/bob', { fullName: 'B' }, bearer)).status).toBe(403);
    expect(await explain('action=push&repository=bob/app', bearer)).toMatchObject({ allowed: false });
    expect(await explain('action=pull&repository=bob/app', bearer)).toMatchObject({ allowed: true });
    expect((await service.send(`DELETE /api/v1/tokens/${made.body.id}`, undefined, bob)).status).toBe(204);
    expect((await service.send('GET /api/v1/session', undefined, bearer)).status).toBe(401);
  });

  it('gives robots tokens and no password; owners of a namespace have theirs', async () => {
    expect((await service.send('POST /api/v1/robots', { name: 'bob+ci' }, bob)).status).toBe(201);
    expect((await service.send('POST /api/v1/robots', { name: 'team+ci' }, bob)).status).toBe(403);
    const { body } = await service.send('POST /api/v1/robots/bob+ci/tokens', { label: 'build', api: 'read' }, bob);
    expect((await service.send('GET /api/v1/session', undefined, ['bob+ci', body.secret])).body.name).toBe('bob+ci');
    expect((await service.send('GET /api/v1/session', undefined, ['bob', body.secret])).status).toBe(401);
    expect((await service.send('GET /api/v1/robots/bob+ci', undefined, carl)).status).toBe(404);
  });

  it('takes the accounts of htpasswd, all or none', async () => {
    const hash = '$2y$05$CwTycUXWue0Thq9StjUM0uJ8iHqPQbPyLMFxlT9PPy2BcDf5E2C9W';
    const broken = await service.send('POST /api/v1/users/import', { htpasswd: `dora:${hash}\nemil:{SHA}x\n` });
    expect([broken.status, broken.body.errors]).toEqual([
      422,
      [{ pointer: '/htpasswd, line 2', detail: 'must have a hash of bcrypt (htpasswd -B)' }],
    ]);
    const taken = await service.send('POST /api/v1/users/import', { htpasswd: `bob:${hash}\ndora:${hash}\n` });
    expect(taken.body).toEqual({ created: ['dora'], skipped: ['bob'] });
  });

  it('delays guesses from one network, and no others', async () => {
    const ops = ['ops', 'I want it all'] as const; // It has not logged in yet: a proof of this minute would count.
    for (let count = 0; count < 8; count += 1)
      await service.send('GET /api/v1/session', undefined, ['ops', `guess ${count}`]);
    const blocked = await service.send('GET /api/v1/session', undefined, ops);
    expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([401, expect.stringMatching(/^\d+$/)]);
    expect(blocked.body.detail).toContain('too many wrong passwords');
    await service.send('POST /api/v1/users/ops/unlock');
    expect((await service.send('GET /api/v1/session', undefined, ops)).status).toBe(200);
  });

  it('writes down what was done and refused, without secrets', async () => {
    const { body } = await service.send('GET /api/v1/audit?limit=500');
    const verbs = new Set(body.items.map((each: { verb: string }) => each.verb));
    for (const verb of ['setup', 'user.create', 'grant.create', 'token.create', 'login', 'user.import'])
      expect(verbs).toContain(verb);
    expect(JSON.stringify(body)).not.toMatch(/prv_|hunter2|correct horse/);
    expect((await service.send('GET /api/v1/audit', undefined, bob)).status).toBe(403);
  });
});
