import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiAnswer, admin, type TestService, testService } from './service-kit.js';

const bob = ['bob', 'hunter2 hunter2'] as const;
let service: TestService;
beforeAll(async () => {
  service = await testService();
  await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
  await service.send('PUT /api/v1/visibilities', { path: 'open/', visibility: 'public' });
});
afterAll(async () => await service.close());

const claimsOf = ({ body }: ApiAnswer) =>
  JSON.parse(Buffer.from(body.token.split('.')[1], 'base64url').toString()) as {
    sub: string;
    aud: string;
    exp: number;
    iat: number;
    access: { type: string; name: string; actions: string[] }[];
  };
const accessOf = (answer: ApiAnswer) =>
  claimsOf(answer).access.map(({ type, name, actions }) => `${type}:${name}:${actions.join()}`);
const scoped = (...scopes: string[]) =>
  new URLSearchParams([['service', 'local'], ...scopes.map((scope): [string, string] => ['scope', scope])]).toString();
const form = async (fields: Record<string, string | string[]>) => {
  const body = new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, each])),
  );
  const answer = await fetch(`${service.url}/token`, { method: 'POST', body });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
};

it('leaves out what it does not understand, and never refuses for it', async () => {
  const answer = await service.token(
    scoped('nonsense', 'repository:bob/app:pull', 'helm(x):bob/app:pull', 'repository:BOB/app:pull'),
    bob,
  );
  expect(answer.status).toBe(200);
  expect(accessOf(answer)).toEqual(['repository:bob/app:pull', 'repository:BOB/app:']);
});

it('joins scopes of a repository, however they are sent', async () => {
  const union = ['repository:bob/app:pull,push', 'repository:open/x:pull'];
  expect(
    accessOf(
      await service.token(scoped('repository:bob/app:pull repository:bob/app:push', 'repository:open/x:pull'), bob),
    ),
  ).toEqual(union);
  expect(accessOf(await service.token(scoped(...union), bob))).toEqual(union);
  const posted = { grant_type: 'password', username: bob[0], password: bob[1], service: 'local' };
  expect(accessOf(await form({ ...posted, scope: union.join(' ') }))).toEqual(union);
  expect(accessOf(await form({ ...posted, scope: union }))).toEqual(union);
});

it('spells out * as what the account may', async () => {
  expect(accessOf(await service.token(scoped('repository:bob/app:*'), bob))).toEqual([
    'repository:bob/app:pull,push,delete',
  ]);
  expect(accessOf(await service.token(scoped('repository:open/x:*'), bob))).toEqual(['repository:open/x:pull']);
});

it('gives push with pull, or neither', async () => {
  expect(accessOf(await service.token(scoped('repository:bob/app:push'), bob))).toEqual([
    'repository:bob/app:pull,push',
  ]);
  expect(accessOf(await service.token(scoped('repository:open/x:push'), bob))).toEqual(['repository:open/x:']);
});

it('lets everybody pull what is public, and says nothing of the rest', async () => {
  const answer = await service.token(scoped('repository:open/x:pull,push', 'repository:bob/app:pull'));
  expect([answer.status, ...accessOf(answer)]).toEqual([200, 'repository:open/x:pull', 'repository:bob/app:']);
  expect(claimsOf(answer).sub).toBe('');
});

it('refuses a login without a name, and a wrong password even where nothing is needed', async () => {
  const none = await service.token('service=local');
  expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="provision"']);
  const wrong = await service.token(scoped('repository:open/x:pull'), ['bob', 'wrong']);
  expect([wrong.status, wrong.body]).toEqual([
    401,
    { errors: [{ code: 'UNAUTHORIZED', message: 'the name or the password is wrong' }] },
  ]);
});

it('says what to do where an account is disabled, expired, or another', async () => {
  const message = async (query: string, as: readonly [string, string]) =>
    (await service.token(query, as)).body.errors?.[0].message;
  expect(await message('service=local&account=anna', bob)).toContain('names another account');
  await service.send('POST /api/v1/users', {
    name: 'old',
    password: 'still the same',
    expiresAt: '2020-01-01T00:00:00Z',
  });
  expect(await message('service=local', ['old', 'still the same'])).toBe(
    'this account has expired: ask an administrator',
  );
  await service.send('POST /api/v1/users', { name: 'gone', password: 'still the same' });
  await service.send('PATCH /api/v1/users/gone', { disabled: true });
  expect(await message('service=local', ['gone', 'still the same'])).toBe(
    'this account is disabled: ask an administrator',
  );
});

it('knows its registries alone', async () => {
  expect((await service.token('service=elsewhere&scope=repository:bob/app:pull', bob)).status).toBe(400);
  expect(claimsOf(await service.token('scope=repository:bob/app:pull', bob)).aud).toBe('local');
});

it('gives the catalogue to administrators, and a search to anybody', async () => {
  expect(accessOf(await service.token(scoped('registry:catalog:*'), bob))).toEqual(['registry:catalog:']);
  expect(accessOf(await service.token(scoped('registry:catalog:*'), admin))).toEqual(['registry:catalog:*']);
  expect(accessOf(await service.token(scoped('registry:catalog:search')))).toEqual(['registry:catalog:search']);
});

it('lets a token for pushes count longer, and says so', async () => {
  const [pull, push] = [
    await service.token(scoped('repository:bob/app:pull'), bob),
    await service.token(scoped('repository:bob/app:push'), bob),
  ];
  expect([pull.body.expires_in, push.body.expires_in]).toEqual([300, 3600]);
  for (const answer of [pull, push]) {
    const { exp, iat } = claimsOf(answer);
    expect(exp - iat).toBeGreaterThanOrEqual(answer.body.expires_in);
    expect(answer.body).not.toHaveProperty('issued_at');
    expect(answer.body.access_token).toBe(answer.body.token);
  }
});

it('signs once a minute what is asked for again', async () => {
  const ask = async () => (await service.token(scoped('repository:bob/again:pull'), bob)).body.token;
  const tokens = new Set([await ask(), await ask(), await ask(), await ask()]);
  expect(tokens.size).toBeLessThanOrEqual(2); // Two, where the minute ends between them.
});

it('answers the same again at once, and no longer than the rights for it stand', async () => {
  const query = scoped('repository:carl/app:pull,push');
  const carl = ['carl', 'correct horse carl'] as const;
  await service.send('POST /api/v1/users', { name: 'carl', password: carl[1] });
  const first = await service.token(query, carl);
  const again = await service.token(query, carl);
  expect(again.body).toEqual(first.body);
  for (const name of ['content-type', 'cache-control', 'x-content-type-options'])
    expect(again.headers.get(name)).toBe(first.headers.get(name));
  expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  expect((await service.token(query, ['carl', 'another'])).status).toBe(401);
  expect(accessOf(await service.token(query))).toEqual(['repository:carl/app:']);
  await service.token(query, carl);
  await service.send('POST /api/v1/grants', {
    subject: { kind: 'account', name: 'carl' },
    registry: 'local',
    path: 'carl/app',
    denied: ['push'],
  });
  expect(accessOf(await service.token(query, carl))).toEqual(['repository:carl/app:pull']);
  await service.token(query, carl);
  await service.send('PATCH /api/v1/users/carl', { disabled: true });
  expect((await service.token(query, carl)).status).toBe(401);
});

it('limits requests that are answered at once like all others', async () => {
  const slow = await testService({ requests_per_second: 1, requests_burst: 12 });
  const ask = () => slow.token(scoped('repository:anna/app:pull'), admin);
  const statuses = [];
  for (let at = 0; at < 16; at += 1) statuses.push((await ask()).status);
  await slow.close();
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(5);
  expect(statuses.at(-1)).toBe(429);
});

it('keeps no more scopes in a token than a header has room for', async () => {
  const scopes = Array.from({ length: 200 }, (_, index) => `repository:bob/application-${index}:pull,push`);
  const answer = await service.token(scoped(...scopes), bob);
  expect(claimsOf(answer).access).toHaveLength(60);
  expect(answer.body.token.length).toBeLessThan(8000);
});

it('ends a login with its password, its access token, or by hand', async () => {
  const login = async (as: readonly [string, string]) =>
    (await service.token('service=local&offline_token=true&client_id=docker&account=bob', as)).body
      .refresh_token as string;
  const use = async (token: string) =>
    (
      await form({
        grant_type: 'refresh_token',
        refresh_token: token,
        service: 'local',
        scope: 'repository:bob/app:pull',
      })
    ).status;
  const first = await login(bob);
  expect(first).toMatch(/^prl_/);
  expect(await use(first)).toBe(200);
  const listed = (await service.send('GET /api/v1/logins', undefined, bob)).body.items;
  expect(listed[0]).toMatchObject({ registry: 'local', client: 'docker' });
  await service.send(`DELETE /api/v1/logins/${listed[0].id}`, undefined, bob);
  expect(await use(first)).toBe(401);
  const { body: made } = await service.send('POST /api/v1/tokens', { label: 'docker' }, bob);
  const second = await login(['bob', made.secret]);
  expect(await use(second)).toBe(200);
  await service.send(`DELETE /api/v1/tokens/${made.id}`, undefined, bob);
  expect(await use(second)).toBe(401);
  const third = await login(bob);
  await service.send('PATCH /api/v1/users/bob', { password: 'a newer password' });
  expect(await use(third)).toBe(401);
  await service.send('PATCH /api/v1/users/bob', { password: bob[1] });
});

it('narrows a login by the access token it was made with', async () => {
  const limits = [{ path: 'bob/app', actions: ['pull'] }];
  const { body: made } = await service.send('POST /api/v1/tokens', { label: 'narrow', repositories: limits }, bob);
  const { body } = await service.token('service=local&offline_token=true', ['bob', made.secret]);
  const scope = 'repository:bob/app:pull,push repository:bob/other:pull';
  const answer = await form({
    grant_type: 'refresh_token',
    refresh_token: body.refresh_token,
    service: 'local',
    scope,
  });
  expect(accessOf(answer)).toEqual(['repository:bob/app:pull', 'repository:bob/other:']);
});

it('counts a wrong password once, though containerd sends it twice', async () => {
  await service.send('POST /api/v1/users', { name: 'chris', password: 'the right one' });
  await form({
    grant_type: 'password',
    username: 'chris',
    password: 'the wrong one',
    service: 'local',
    client_id: 'containerd-client',
  });
  await service.token(scoped('repository:chris/app:pull'), ['chris', 'the wrong one']);
  const { body } = await service.send('GET /api/v1/audit?verb=login&actor=chris');
  expect(body.items.map((each: { outcome: string }) => each.outcome)).toEqual(['refused']);
});

it('reads a form that is none, and parameters that are there twice', async () => {
  expect((await form({ grant_type: 'client_credentials', service: 'local' })).status).toBe(400);
  expect((await form({ grant_type: 'refresh_token', refresh_token: 'prl_x', service: 'local' })).status).toBe(401);
  const twice = await service.token(
    'service=x&service=local&scope=repository:bob/app:pull&account=bob&account=bob',
    bob,
  );
  expect(twice.status).toBe(200);
  const broken = await fetch(`${service.url}/token?service=local`, { headers: { Authorization: 'Basic %%%' } });
  expect(broken.status).toBe(400);
});
