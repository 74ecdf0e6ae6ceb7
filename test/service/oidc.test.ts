import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceConfig } from '../../src/service/config/config-schema.js';
import { openSqlite } from '../../src/service/store/sqlite.js';
import { freePort } from '../registry/proxy/start-registry.js';
import {
  client,
  type OpenIdProvider,
  type ScriptedProvider,
  scriptedProvider,
  startProvider,
  TestBrowser,
} from './openid-kit.js';
import { type TestService, testService } from './service-kit.js';

/* Logins by OpenID Connect: with a real provider, and with one whose every lie is exact. */

let folder: string;
let secretFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-oidc-'));
  secretFile = join(folder, 'secret');
  await writeFile(secretFile, `${client.secret}\n`);
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const withProvider = (issuer: string, more: ServiceConfig = {}): ServiceConfig => ({
  registry: false,
  registries: [{ name: 'local', host: '127.0.0.1:1', read_only: false }],
  oidc_issuer: issuer,
  oidc_client_id: client.id,
  oidc_client_secret_file: secretFile,
  oidc_title: 'The provider',
  ...more,
});

const audit = async (service: TestService) =>
  (await service.send('GET /api/v1/audit?limit=500')).body.items as {
    verb: string;
    object: string;
    actor: string;
    outcome: string;
    reason: string;
  }[];

describe('a real provider', () => {
  let service: TestService;
  let provider: OpenIdProvider;
  beforeAll(async () => {
    const port = await freePort();
    service = await testService(
      withProvider(`http://127.0.0.1:${port}`, { oidc_admin_group: 'chiefs', oidc_group_map: { devs: 'developers' } }),
    );
    provider = await startProvider(port, users, `${service.url}/api/v1/oidc/callback`);
  });
  afterAll(async () => {
    await service.close();
    await provider.stop();
  });

  const users = {
    s1: {
      preferred_username: 'Zoe@example.com',
      name: 'Zoe',
      email: 'zoe@example.com',
      email_verified: true,
      groups: ['devs', 'x'],
    },
    s2: { preferred_username: 'anna', name: 'Another Anna', email: 'anna@example.com', email_verified: true },
    s3: { preferred_username: 'yves', email: 'unverified@example.com', email_verified: false, groups: ['chiefs'] },
    s4: { preferred_username: '../../etc' },
    s5: {},
    s6: { preferred_username: 'zoe' },
  };
  const begin = (next = '/api/v1/session') => `${service.url}/api/v1/oidc/login?next=${encodeURIComponent(next)}`;
  const logIn = async (subject: string, browser = new TestBrowser()) => {
    const back = await browser.logIn(begin(), subject);
    return { browser, back, ...(await browser.follow(back)) };
  };

  it('is named among the ways to log in', async () => {
    expect((await service.send('GET /api/v1/login-methods', undefined, null)).body).toEqual({
      password: true,
      oidc: { title: 'The provider', path: '/api/v1/oidc/login' },
      setup: false,
    });
  });

  it('logs in by code, PKCE, state and nonce, and makes an account with its groups', async () => {
    const sent = new URL((await new TestBrowser().send(begin())).headers.get('location') ?? '');
    expect(Object.fromEntries(sent.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      scope: 'openid profile email',
      redirect_uri: `${service.url}/api/v1/oidc/callback`,
    });
    const { url, answer } = await logIn('s1');
    expect(url).toBe(`${service.url}/api/v1/session`);
    expect(await answer.json()).toMatchObject({
      name: 'zoe',
      fullName: 'Zoe',
      email: 'zoe@example.com',
      source: 'oidc',
      admin: false,
    });
    expect((await service.send('GET /api/v1/groups/developers')).body.members).toEqual(['zoe']);
    expect((await audit(service)).filter(({ verb, actor }) => verb === 'login' && actor === 'zoe')).toHaveLength(1);
  });

  it('gives the session a cookie as other logins do, and takes back that of the login', async () => {
    const browser = new TestBrowser();
    const first = await browser.send(begin());
    expect(first.headers.get('set-cookie')).toMatch(
      /^__Host-provision-oidc=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const back = await new TestBrowser().logIn(begin(), 's1');
    expect(back).toContain('code=');
    const { browser: other } = await logIn('s1');
    expect(other.cookies(service.url)).toMatch(/^__Host-provision=[\w-]{43}$/);
  });

  it('makes administrators of the members of its group, and takes no unverified address', async () => {
    const { answer } = await logIn('s3');
    expect(await answer.json()).toMatchObject({ name: 'yves', admin: true, email: '' });
  });

  it.each([
    ['s2', 'there is another account of the name anna: ask an administrator'],
    ['s6', 'there is another account of the name zoe: ask an administrator'],
    ['s4', 'is no name of an account'],
    ['s5', 'is no name of an account'],
  ])('makes no account of %s', async (subject, reason) => {
    await logIn('s1');
    const { answer, browser } = await logIn(subject);
    const page = await answer.text();
    expect([answer.status, page]).toEqual([403, expect.stringContaining(reason.replaceAll("'", '&#39;'))]);
    expect(page).not.toContain('etc');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(browser.cookies(service.url)).toBe('');
    expect((await service.send('GET /api/v1/users/anna')).body).toMatchObject({ source: 'local', admin: true });
  });

  it('has docker log in by an access token; a password is refused in words', async () => {
    const { browser } = await logIn('s1');
    const made = await browser.send(`${service.url}/api/v1/tokens`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Provision': '1', Origin: service.url },
      body: JSON.stringify({ label: 'docker' }),
    });
    const { secret } = (await made.json()) as { secret: string };
    expect((await service.token('service=local&scope=repository:zoe/app:push,pull', ['zoe', secret])).status).toBe(200);
    const refused = await service.token('service=local', ['zoe', 'a password']);
    expect([refused.status, refused.body.errors[0].message]).toEqual([
      401,
      `no password opens this account here: use an access token. Log in at ${service.url}/api/v1/oidc/login and make one.`,
    ]);
  });

  it('ends the session, and says where the provider ends its own', async () => {
    const { browser } = await logIn('s1');
    const headers = { 'X-Provision': '1', Origin: service.url };
    const answer = await browser.send(`${service.url}/api/v1/oidc/logout`, { method: 'POST', headers });
    const { url } = (await answer.json()) as { url: string };
    expect(url).toMatch(new RegExp(`^${provider.issuer}/session/end\\?client_id=provision&post_logout_redirect_uri=`));
    expect(browser.cookies(service.url)).toBe('');
    expect((await browser.send(`${service.url}/api/v1/session`)).status).toBe(401);
  });

  it.each([
    '//evil.example/x',
    '/\\evil.example',
    'https://evil.example/',
    '/\t/evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    '/./\\evil.example',
    '/..//evil.example/',
    'evil',
    '',
  ])('leads nowhere else: %j', async (next) => {
    const browser = new TestBrowser();
    const back = await browser.logIn(begin(next), 's1');
    const answer = await browser.send(back);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
  });

  it('goes on when its keys change', async () => {
    await logIn('s1');
    await provider.rotate();
    const { answer } = await logIn('s1');
    expect(answer.status).toBe(200);
  });

  it('takes a login back in its own browser alone, and once', async () => {
    const browser = new TestBrowser();
    const back = await browser.logIn(begin(), 's1');
    const thief = await new TestBrowser().send(back);
    expect([thief.status, await thief.text()]).toEqual([400, expect.stringContaining('began in another browser')]);
    const victim = new TestBrowser();
    await victim.send(begin());
    expect((await victim.send(back)).status).toBe(403);
    expect((await browser.send(back)).status).toBe(303);
    expect((await browser.send(back)).status).toBe(400);
  });

  it('answers a program by a problem, and says nothing of what the provider writes', async () => {
    const browser = new TestBrowser();
    const sent = new URL((await browser.send(begin())).headers.get('location') ?? '');
    const state = sent.searchParams.get('state') ?? '';
    const error = '<script>alert(1)</script>';
    const query = new URLSearchParams({ error, error_description: error, state, iss: provider.issuer });
    const answer = await browser.send(`${service.url}/api/v1/oidc/callback?${query}`, {
      headers: { Accept: 'application/json' },
    });
    const text = await answer.text();
    expect([answer.status, answer.headers.get('content-type'), JSON.parse(text).detail]).toEqual([
      403,
      'application/problem+json; charset=utf-8',
      'the provider did not log you in',
    ]);
    expect(text).not.toContain('script');
    await browser.send(begin());
    const page = await (await browser.send(`${service.url}/api/v1/oidc/callback?${query}`)).text();
    expect(page).not.toContain('script>');
  });

  it('has its user away for long: the tokens rest until the next login', async () => {
    const { browser } = await logIn('s1');
    const made = await browser.send(`${service.url}/api/v1/tokens`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Provision': '1', Origin: service.url },
      body: JSON.stringify({ label: 'old', api: 'read' }),
    });
    const { secret } = (await made.json()) as { secret: string };
    const use = () => service.send('GET /api/v1/session', undefined, `Bearer ${secret}`);
    expect((await use()).status).toBe(200);
    const database = await openSqlite(join(service.folder, 'service.db'));
    const then = Date.now() - 91 * 24 * 3_600_000;
    await database.db.updateTable('accounts').set({ last_login_at: then }).where('name', '=', 'zoe').execute();
    await database.close();
    const refused = await use();
    expect([refused.status, refused.body.detail]).toEqual([
      401,
      `you have not logged in for 90 days: log in at ${service.url}/api/v1/oidc/login once`,
    ]);
    await logIn('s1');
    expect((await use()).status).toBe(200);
  });
});

describe('a provider that lies', () => {
  let service: TestService;
  let provider: ScriptedProvider;
  beforeAll(async () => {
    provider = await scriptedProvider();
    service = await testService(withProvider(provider.issuer, { oidc_timeout: 1 }));
  });
  afterAll(async () => {
    await service.close();
    await provider.stop();
  });

  const now = () => Math.floor(Date.now() / 1000);
  const attempt = async (script: ScriptedProvider['script']) => {
    provider.script = { ...script, claims: { preferred_username: 'mallory', ...script.claims } };
    const browser = new TestBrowser();
    const { url, answer } = await browser.follow(`${service.url}/api/v1/oidc/login?next=/api/v1/session`);
    return { status: answer.status, text: await answer.text(), url, cookies: browser.cookies(service.url) };
  };

  it('logs in while it does not', async () => {
    expect(await attempt({ claims: { sub: 'right', preferred_username: 'right' } })).toMatchObject({ status: 200 });
    const last = provider.asked.at(-1);
    expect(last?.get('code_verifier')).toMatch(/^[\w-]{43}$/);
    expect(last?.get('client_secret')).toBeNull();
  });

  it.each([
    ['50 s behind', () => ({ iat: now() - 300, exp: now() - 50 }), 200],
    ['70 s behind', () => ({ iat: now() - 300, exp: now() - 70 }), 403],
    ['50 s ahead', () => ({ nbf: now() + 50 }), 200],
    ['70 s ahead', () => ({ nbf: now() + 70 }), 403],
  ])('is believed for a minute: its clock is %s', async (_, claims, status) => {
    expect(await attempt({ claims: { sub: 'right', preferred_username: 'right', ...claims() } })).toMatchObject({
      status,
    });
  });

  it.each([
    ['another issuer', { claims: { iss: 'http://127.0.0.1:1' } }],
    ['another audience', { claims: { aud: 'somebody else' } }],
    ['several audiences, none authorized', { claims: { aud: ['provision', 'other'], azp: 'other' } }],
    ['another nonce', { claims: { nonce: 'of another login' } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['no subject', { claims: { sub: undefined } }],
    ['a key that it does not publish', { foreignKey: true }],
    ['no signature', { header: { alg: 'none' }, idToken: (right: string) => right.replace(/[^.]+$/, '') }],
    ['another algorithm', { header: { alg: 'HS256' } }],
    ['changed claims', { idToken: (right: string) => changed(right) }],
    ['no ID token', { idToken: () => undefined as never }],
    ['something else', { idToken: () => 'x.y' }],
  ] as [string, ScriptedProvider['script']][])('is refused: %s', async (_, script) => {
    const { status, cookies, text } = await attempt(script);
    expect([status, cookies, text]).toEqual([403, '', expect.stringContaining('cannot be trusted')]);
    expect((await service.send('GET /api/v1/users/mallory')).status).toBe(404);
  });

  it('is not followed to another place, nor listened to for ever', async () => {
    const at = (path: string, answer: NonNullable<ScriptedProvider['script']['answer']>) => ({
      answer: ((request, response) =>
        request.url === path ? answer(request, response) : false) satisfies ScriptedProvider['script']['answer'],
    });
    const redirect = await attempt(
      at('/token', (_, response) => {
        response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
        return true;
      }),
    );
    expect([redirect.status, redirect.cookies]).toEqual([403, '']);
    const endless = await attempt(
      at('/token', (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '.repeat(65_536)), 1);
        response.once('close', () => clearInterval(timer));
        return true;
      }),
    );
    expect([endless.status, endless.cookies]).toEqual([503, '']);
    const silent = await attempt(at('/token', () => true));
    expect([silent.status, silent.text]).toEqual([503, expect.stringContaining('does not answer')]);
  });

  it('that is not the issuer it says to be, or is away, answers nobody', async () => {
    const other = await testService(withProvider(provider.issuer));
    try {
      provider.script = { discovery: { issuer: 'http://127.0.0.1:1' } };
      expect((await other.send('GET /api/v1/oidc/login', undefined, null)).status).toBe(503);
      expect(other.log.join('')).toContain('oidc: what ');
      provider.script = { answer: (_, response) => response.writeHead(500).end() !== undefined };
      expect((await other.send('GET /api/v1/oidc/login', undefined, null)).status).toBe(503);
      const failed = (await audit(other)).filter(({ verb, outcome }) => verb === 'login' && outcome === 'failed');
      expect(failed).toHaveLength(2);
    } finally {
      provider.script = {};
      await other.close();
    }
  });
});

describe('accounts', () => {
  it('are for whom an administrator makes them, where logins make none', async () => {
    const provider = await scriptedProvider();
    const service = await testService(withProvider(provider.issuer, { oidc_create: false }));
    try {
      provider.script = { claims: { sub: 'known', preferred_username: 'whatever' } };
      const logIn = async () => await new TestBrowser().follow(`${service.url}/api/v1/oidc/login?next=/api/v1/session`);
      expect((await logIn()).answer.status).toBe(403);
      const without = await service.send('POST /api/v1/users', { name: 'wanda', source: 'oidc' });
      expect([without.status, without.body.errors[0].pointer]).toEqual([422, '/subject']);
      await service.send('POST /api/v1/users', { name: 'wanda', source: 'oidc', subject: 'known' });
      const { answer } = await logIn();
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ name: 'wanda' })]);
      const again = await service.send('POST /api/v1/users', { name: 'walter', source: 'oidc', subject: 'known' });
      expect(again.status).toBe(409);
    } finally {
      await service.close();
      await provider.stop();
    }
  });

  it('are not there without a provider', async () => {
    const service = await testService({ registry: false });
    try {
      const paths = ['GET /api/v1/oidc/login', 'GET /api/v1/oidc/callback?code=x&state=y'];
      for (const path of paths) expect((await service.send(path, undefined, null)).status).toBe(404);
      expect((await service.send('GET /api/v1/login-methods', undefined, null)).body.oidc).toBeNull();
      expect((await service.send('POST /api/v1/users', { name: 'w', source: 'oidc', subject: 'x' })).status).toBe(422);
    } finally {
      await service.close();
    }
  });
});

/** Returns a token with a claim that was added after it was signed. */
function changed(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const next = Buffer.from(JSON.stringify({ ...claims, groups: ['chiefs'] })).toString('base64url');
  return [header, next, signature].join('.');
}
