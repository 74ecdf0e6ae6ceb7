import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { embedded_registry } from '../../src/resources/embedded/embedded-registry.js';
import { freePort } from '../kit/connection/sshd.js';
import { converge } from '../kit/converge-locally.js';
import { AccountRepository } from '../registry/server/account-repository.js';

let home: string;
let port: number;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-embedded-'));
  port = await freePort();
  await writeFile(join(home, 'htpasswd'), `ci:${await hash('s3cret', 4)}\n`);
  await writeFile(
    join(home, 'access.json'),
    '[{"accounts": "ci", "repositories": "**", "rights": ["pull", "push"]}, {"accounts": "anonymous", "repositories": "public/", "rights": ["pull"]}]',
  );
});
afterAll(async () => {
  await converge(registry({ state: 'absent', remove_images: true }), { force: true });
  await rm(home, { recursive: true });
});

function registry(more: Partial<Parameters<typeof embedded_registry>[0]> = {}) {
  return embedded_registry({
    name: 'configured',
    directory: join(home, 'images'),
    home: join(home, 'program'),
    address: '127.0.0.1',
    port,
    htpasswd: join(home, 'htpasswd'),
    access: join(home, 'access.json'),
    immutable_tags: ['**:v*'],
    quotas: [{ prefix: 'team/', bytes: '1M' }],
    rate_limit: { requests: 1000 },
    headers: { 'X-Frame-Options': ['deny'] },
    cors_origins: ['https://ui.example.com'],
    notifications: [{ name: 'hook', url: 'http://127.0.0.1:9', headers: { Authorization: ['Bearer h1dden'] } }],
    ...more,
  });
}

const verdict = async (task: ReturnType<typeof registry>, force = false) => {
  const { plan, failure } = await converge(task, { force });
  return [plan.verdict, failure];
};

test('a registry of a host has all that a configuration file has, and no secret among its arguments', async () => {
  expect(await verdict(registry())).toEqual(['change', undefined]);
  expect(await verdict(registry())).toEqual(['ok', undefined]);
  const url = `http://127.0.0.1:${port}`;
  const app = new AccountRepository(url, 'team/app', 'ci');
  const image = await app.image('x');
  await app.pushManifest(image, 'v1');
  const moved = {
    body: JSON.stringify({ ...image, annotations: { a: 'b' } }),
    headers: { 'Content-Type': image.mediaType },
  };
  expect((await app.ask('PUT', 'manifests/v1', moved)).status).toBe(409);
  expect((await app.ask('GET', '/v2/')).headers['x-frame-options']).toBe('deny');
  const large = Buffer.alloc(2 << 20);
  expect((await app.ask('PATCH', await app.begin(), { body: large })).status).toBe(403);
  expect((await new AccountRepository(url, 'team/app').ask('GET', 'manifests/v1')).status).toBe(401);
  const figures = (await app.ask('GET', '/metrics')).body.toString();
  expect(figures).toContain('registry_quota_bytes{prefix="team/"} 1048576');
  expect(figures).toMatch(/registry_notifications_pending\{endpoint="hook"\} [1-9]/);

  const file = join(home, 'program/program/config.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain('Bearer h1dden');
  expect(execFileSync('ps', ['axww', '-o', 'args'], { encoding: 'utf8' })).not.toContain('h1dden');
});

test('other options are kept unless forced', async () => {
  const other = registry({ quotas: [{ prefix: 'team/', bytes: '2M' }] });
  expect(await verdict(other)).toEqual(['kept', undefined]);
  expect(await verdict(other, true)).toEqual(['change', undefined]);
  const app = new AccountRepository(`http://127.0.0.1:${port}`, 'team/app', 'ci');
  expect((await app.ask('GET', '/metrics')).body.toString()).toContain('registry_quota_bytes{prefix="team/"} 2097152');
});
