import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configuredOptions } from '../../../src/registry/server/config/server-options.js';
import { type RegistryServer, type RegistryServerOptions, serveRegistry } from '../../../src/registry/server/serve.js';
import { codeOf, Repository } from '../conformance/repository.js';
import { AccountRepository } from './account-repository.js';

let home: string;
let server: RegistryServer | undefined;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-limits-'));
});
afterEach(async () => {
  await server?.close(0);
  server = undefined;
  await rm(home, { recursive: true });
});

async function serve(options: Partial<RegistryServerOptions>): Promise<string> {
  server = await serveRegistry({ dir: join(home, 'storage'), ...options });
  return server.url;
}

test('a client that asks too often waits; others, health and figures do not', async () => {
  const htpasswd = join(home, 'htpasswd');
  const hashed = await hash('s3cret', 4);
  await writeFile(htpasswd, `ci:${hashed}\nada:${hashed}\n`);
  const url = await serve({ htpasswd, rateLimit: { requests: 0.01, burst: 3 } });
  const [ci, ada, nobody] = [
    new AccountRepository(url, 'a', 'ci'),
    new AccountRepository(url, 'a', 'ada'),
    new Repository(url, 'a'),
  ];
  const statuses = async (as: Repository, path: string, times = 4) => {
    const found: number[] = [];
    for (let time = 0; time < times; time += 1) found.push((await as.ask('GET', path)).status);
    return found;
  };
  expect(await statuses(ci, '/v2/')).toEqual([200, 200, 200, 429]);
  const refused = await ci.ask('GET', '/v2/');
  expect([codeOf(refused), refused.headers['retry-after']]).toEqual(['TOOMANYREQUESTS', '100']);
  expect(await statuses(ada, '/v2/')).toEqual([200, 200, 200, 429]);
  expect(await statuses(nobody, '/v2/')).toEqual([401, 401, 401, 429]);
  for (const path of ['/', '/healthz', '/readyz', '/metrics'])
    expect(await statuses(ci, path)).toEqual([200, 200, 200, 200]);
});

test('pages of named origins may use the registry, with accounts; others may not', async () => {
  const url = await serve({
    corsOrigins: ['https://ui.example.com'],
    headers: { 'X-Content-Type-Options': ['nosniff'], 'X-Two': ['a', 'b'] },
  });
  const repository = new Repository(url, 'a');
  const ask = async (method: string, origin: string | undefined, more: Record<string, string> = {}) => {
    const { status, headers } = await repository.ask(method, '/v2/', {
      headers: { ...(origin === undefined ? {} : { Origin: origin }), ...more },
    });
    return { status, headers };
  };
  const before = { 'Access-Control-Request-Method': 'PUT' };
  expect(await ask('OPTIONS', 'https://ui.example.com', before)).toMatchObject({
    status: 204,
    headers: {
      'access-control-allow-origin': 'https://ui.example.com',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers': expect.stringContaining('Authorization'),
      vary: 'Origin',
    },
  });
  const allowed = await ask('GET', 'https://ui.example.com');
  expect(allowed).toMatchObject({
    status: 200,
    headers: { 'access-control-expose-headers': expect.stringContaining('Docker-Content-Digest') },
  });
  expect([allowed.headers['x-content-type-options'], allowed.headers['x-two']]).toEqual(['nosniff', 'a, b']);
  for (const [method, origin, more, status] of [
    ['OPTIONS', 'https://evil.example.com', before, 405],
    ['OPTIONS', 'https://ui.example.com', {}, 405],
    ['GET', 'https://ui.example.com.evil.org', {}, 200],
    ['GET', undefined, {}, 200],
  ] as const) {
    const reply = await ask(method, origin, more);
    expect(reply.status).toBe(status);
    if (origin !== 'https://ui.example.com') expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
    expect(reply.headers.vary).toBe('Origin');
  }
});

test('every origin may read, and none sends an account; a question needs none either', async () => {
  const htpasswd = join(home, 'htpasswd');
  await writeFile(htpasswd, `ci:${await hash('s3cret', 4)}\n`);
  const repository = new Repository(await serve({ htpasswd, corsOrigins: ['*'] }), 'a');
  const headers = { Origin: 'https://any.example.com', 'Access-Control-Request-Method': 'GET' };
  const asked = await repository.ask('OPTIONS', 'manifests/x', { headers });
  expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([204, '*']);
  expect(asked.headers).not.toHaveProperty('access-control-allow-credentials');
  const refused = await repository.ask('GET', 'manifests/x', { headers });
  expect([refused.status, refused.headers['access-control-allow-origin'], refused.headers.vary]).toEqual([
    401,
    '*',
    undefined,
  ]);
});

test('headers and origins that would break clients are refused by name', async () => {
  const file = join(home, 'registry.yml');
  await writeFile(
    file,
    'dir: x\nheaders:\n  Content-Length: "1"\n  Docker-Content-Digest: x\n  Access-Control-Allow-Origin: "*"\n  "a b": x\n  X-Ok: "a\\nb"\n  X-Fine: [a, b]\ncors_origins: [ui.example.com, https://ui.example.com/]\nrate_limit: {requests: 0}\n',
  );
  const error = await configuredOptions({}, file).catch((error: Error) => error.message);
  expect(String(error).split('\n').sort()).toMatchInlineSnapshot(`
    [
      "b"",
      "cors_origins[0]: must be an origin, such as https://ui.example.com, or "*", found text "ui.example.com"",
      "cors_origins[1]: must be an origin, such as https://ui.example.com, or "*", found text "https://ui.example.com/"",
      "headers.Access-Control-Allow-Origin: Access-Control-Allow-Origin is set by cors_origins. Use that, found text "*"",
      "headers.Content-Length: Content-Length is set by the registry itself. Remove it, found text "1"",
      "headers.Docker-Content-Digest: Docker-Content-Digest is set by the registry itself. Remove it, found text "x"",
      "headers.X-Ok: X-Ok has a value with characters that a header can not have, found text "a",
      "headers.a b: a b is not the name of a header, found text "x"",
      "rate_limit.requests: must be above 0, found number 0",
    ]
  `);
});
