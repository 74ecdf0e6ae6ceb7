import { request as send } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authorization, type Credentials, type TestService, testService } from './service-kit.js';

/*
 * Every route, without an account, with too few rights, and with what nobody should send: refused in each case, with a reason, and
 * nothing runs or is changed. The routes are those that the server has: a new one is tried without being named here.
 */

const bob = ['bob', 'hunter2 hunter2'] as const;
let service: TestService;
let routes: { method: string; url: string }[];
beforeAll(async () => {
  service = await testService({
    registry: false,
    registries: [{ name: 'local', host: '127.0.0.1:1', read_only: false }],
  });
  await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
  routes = service.routes.filter(({ method }) => method !== 'HEAD');
});
afterAll(async () => await service.close());

/** Routes that are for everybody. */
const open = new Set([
  'GET /healthz',
  'GET /readyz',
  'GET /api/v1/problems/:kind',
  'GET /token',
  'POST /token',
  'GET /api/v1/token-server',
  'GET /.well-known/jwks.json',
  // What is public is for everybody; of the rest they say nothing (image-index.test.ts).
  'GET /api/v1/repositories',
  'GET /api/v1/search',
  'GET /api/v1/registries/:registry/repositories/:repository',
  'GET /api/v1/registries/:registry/repositories/:repository/tags',
  'GET /api/v1/registries/:registry/repositories/:repository/tags/:tag/history',
  'GET /api/v1/registries/:registry/repositories/:repository/images/:digest',
  'GET /api/v1/registries/:registry/repositories/:repository/images/:digest/removal',
  'GET /api/v1/registries/:registry/repositories/:repository/images/:digest/referrers/:referrer/content',
  'GET /api/v1/registries/:registry/repositories/:repository/removed',
  'GET /api/v1/registries/:registry/repositories/:repository/comments',
  'GET /api/v1/registries/:registry/repositories/:repository/readme',
  'GET /v2/',
  'GET /v2/_catalog',
  // What is public is for everybody; where a login may help, they ask for one (v1.test.ts).
  'GET /_ping',
  'GET /v1/_ping',
  'GET /v1/search',
  'POST /api/v1/setup',
  'POST /api/v1/session',
  'GET /api/v1/openapi.json',
  'GET /api/v1/login-methods',
  'GET /api/v1/oidc/login',
  'GET /api/v1/oidc/callback',
]);

const nasty = [
  '$(touch /tmp/pwned)',
  '`id`; rm -rf / #',
  "' OR 1=1 --",
  '../../etc/passwd',
  '\u0000\u001b[31m',
  '\ud800',
  '<script>alert(1)</script>',
  '__proto__',
  'x'.repeat(10_000),
  '',
];

it('has routes', () => {
  expect(routes.length).toBeGreaterThan(40);
});

it('none but the open ones answers whoever has no account', async () => {
  const answers = await Promise.all(
    routes
      .filter(({ method, url }) => !open.has(`${method} ${url}`))
      .map(async ({ method, url }) => [
        `${method} ${url}`,
        (await service.send(`${method} ${filled(url, 'x')}`, undefined, null)).status,
      ]),
  );
  expect(answers.filter(([, status]) => status !== 401)).toEqual([]);
});

it('a wrong password is refused everywhere but where none is looked at', async () => {
  const guess: Credentials = ['bob', 'no'];
  const answers = await Promise.all(
    routes.map(async ({ method, url }) => [
      `${method} ${url}`,
      (await service.send(`${method} ${filled(url, 'x')}`, undefined, guess)).status,
    ]),
  );
  const unseen = ['GET /healthz', 'GET /readyz', 'POST /token', 'GET /_ping', 'GET /v1/_ping'];
  expect(answers.filter(([route, status]) => status !== 401 && !unseen.includes(String(route)))).toEqual([]);
  await service.send('POST /api/v1/users/bob/unlock');
});

it.each([
  'as an administrator',
  'as a user',
])('odd texts in paths, queries and bodies are refused in words, %s', async (who) => {
  const as: Credentials = who === 'as a user' ? bob : (undefined as never);
  const odd: unknown[] = [];
  for (const { method, url } of routes) {
    // They take nothing that could be odd.
    const takesNothing = ['DELETE /api/v1/session', 'POST /api/v1/token-server/rotate', 'POST /api/v1/oidc/logout'];
    if (takesNothing.includes(`${method} ${url}`)) continue;
    for (const text of nasty) {
      const path = `${filled(url, encodeURIComponent(text.replaceAll(/[\ud800-\udfff]/g, '\ufffd')))}?limit=${encodeURIComponent(text.slice(0, 50).replaceAll(/[\ud800-\udfff]/g, '?'))}`;
      const bodies =
        method === 'GET' || method === 'DELETE' ? [undefined] : [everyField(text), [text], text === '' ? 'null' : '{'];
      for (const body of bodies) {
        const answer = await service.send(`${method} ${path}`, body, as);
        if (answer.status >= 500 || (answer.status < 400 && method !== 'GET'))
          odd.push([method, url, text.slice(0, 20), answer.status, answer.body]);
      }
    }
  }
  expect(odd).toEqual([]);
  expect((await service.send('GET /api/v1/users')).body.items).toHaveLength(2);
});

it('JSON of a depth or size that no answer needs is refused', async () => {
  const deep = `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  expect((await service.send('POST /api/v1/users', deep)).status).toBe(422);
  const large = `{"name":"${'x'.repeat(2 << 20)}"}`;
  expect((await service.send('POST /api/v1/users', large)).status).toBe(413);
  const twice = '{"name":"a","name":"evil","__proto__":{"admin":true}}';
  expect((await service.send('POST /api/v1/users', twice)).status).toBe(400);
  expect(
    (await service.send('POST /api/v1/users', '{"name":"a","constructor":{"prototype":{"admin":true}}}')).status,
  ).toBe(400);
});

it('another kind of body, and methods that a path does not have, are refused', async () => {
  const text = await fetch(`${service.url}/api/v1/users`, {
    method: 'POST',
    headers: { ...authorization(['anna', 'correct horse battery']), 'Content-Type': 'text/xml' },
    body: '<x/>',
  });
  expect(text.status).toBe(415);
  expect((await service.send('PUT /api/v1/users')).status).toBe(404);
  expect(await raw('TRACE', '/api/v1/users')).toBeGreaterThanOrEqual(400);
});

it('refuses what a page of another site sends with a session’s cookie', async () => {
  const login = await fetch(`${service.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'anna', password: 'correct horse battery' }),
  });
  const cookie = login.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^__Host-provision=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  const change = async (headers: Record<string, string>) =>
    (
      await fetch(`${service.url}/api/v1/groups`, {
        method: 'POST',
        headers: { Cookie: cookie.split(';')[0] ?? '', 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify({ name: `group${Math.random().toString(36).slice(2, 8)}` }),
      })
    ).status;
  expect(await change({})).toBe(403);
  expect(await change({ 'X-Provision': '1', Origin: 'http://evil.example' })).toBe(403);
  expect(await change({ Origin: service.url })).toBe(403);
  expect(await change({ 'X-Provision': '1', 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
  expect(await change({ 'X-Provision': '1', Origin: service.url })).toBe(201);
  expect(await change({ 'X-Provision': '1', 'Sec-Fetch-Site': 'same-origin' })).toBe(201);
  const token = await fetch(`${service.url}/token?service=local&scope=repository:a/b:pull`, {
    headers: { Cookie: cookie.split(';')[0] ?? '' },
  });
  // A cookie is nobody there.
  expect(await token.json()).toMatchObject({ token: expect.stringContaining('.') });
  expect(token.status).toBe(200);
});

it('logs a login in from the service’s own page alone', async () => {
  const answer = await fetch(`${service.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'cross-site' },
    body: JSON.stringify({ name: 'anna', password: 'correct horse battery' }),
  });
  expect(answer.status).toBe(403);
});

it('wrote no error of its own into the log', () => {
  // Its registry is none: that its index can't be compared is told.
  expect(service.log.filter((line) => line.includes('error') && !line.includes('the index of local')).join('')).toBe(
    '',
  );
});

function filled(url: string, value: string): string {
  return url.replaceAll(/:[a-z]+|\*/g, value);
}

/** Makes a body whose every field is this text: routes take those that they know. */
function everyField(text: string): object {
  const names = [
    'name',
    'password',
    'token',
    'label',
    'path',
    'role',
    'visibility',
    'subject',
    'description',
    'htpasswd',
    'fullName',
    'expiresAt',
    'repositories',
  ];
  return Object.fromEntries(names.map((name) => [name, text]));
}

function raw(method: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(service.url);
    send({ method, path, hostname, port }, (answer) => resolve(answer.resume().statusCode ?? 0))
      .on('error', reject)
      .end();
  });
}
