import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../../src/registry/digest.js';
import type { PrefixQuota } from '../../../src/registry/server/quotas/counted-quota.js';
import type { QuotaFill } from '../../../src/registry/server/quotas/quotas.js';
import { type RegistryServer, serveRegistry } from '../../../src/registry/server/serve.js';
import { codeOf, ending, Repository } from '../conformance/repository.js';

let home: string;
const open: RegistryServer[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-quotas-'));
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close(0);
  await rm(home, { recursive: true });
});

async function serve(...quotas: readonly PrefixQuota[]): Promise<string> {
  const server = await serveRegistry({ dir: home, delete: true, quotas });
  open.push(server);
  return server.url;
}

test('a quota that fills tells so once, and again when it was less than nine tenths full', async () => {
  const told: QuotaFill[] = [];
  const quotas = [{ prefix: 'team/', bytes: 1000 }];
  const server = await serveRegistry({ dir: home, delete: true, quotas, quotaFilled: (fill) => told.push(fill) });
  open.push(server);
  const app = new Repository(server.url, 'team/app');
  const levels = () => told.splice(0).map(({ fill, used: size, repository }) => [fill, size, repository]);
  await push(app, bytes(600, 'a'));
  expect(levels()).toEqual([['free', expect.any(Number), undefined]]);
  await push(app, bytes(300, 'b'));
  await push(app, bytes(50, 'c'));
  expect(levels()).toEqual([['nearly-full', 900, 'team/app']]);
  await push(app, bytes(500, 'd'));
  await push(app, bytes(501, 'e'));
  await push(app, bytes(10, 'f')); // Fits, and is no news.
  expect(levels()).toEqual([['full', 950, 'team/app']]);
  await app.ask('DELETE', `blobs/${digestOf(bytes(600, 'a'))}`);
  await push(app, bytes(10, 'g'));
  await push(app, bytes(600, 'h'));
  expect(levels()).toEqual([
    ['free', 360, undefined],
    ['nearly-full', 970, 'team/app'],
  ]);
});

const bytes = (length: number, fill: string) => Buffer.alloc(length, fill);

async function push(to: Repository, content: Buffer): Promise<number> {
  const begun = await to.ask('POST', 'blobs/uploads/', { body: '' });
  if (begun.status !== 202) return begun.status;
  return (await to.ask('PUT', ending(begun.headers.location ?? '', digestOf(content)), { body: content })).status;
}

async function used(url: string): Promise<string[]> {
  const { body } = await new Repository(url, 'any').ask('GET', '/metrics');
  return body
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('registry_quota_'));
}

test('the repositories of a prefix have no more than its quota, each content counted once', async () => {
  const url = await serve({ prefix: 'team/', bytes: 1000 }, { prefix: '**', bytes: 100_000 });
  const [one, two, free] = ['team/one', 'team/two', 'free'].map((name) => new Repository(url, name));
  if (one === undefined || two === undefined || free === undefined) throw new Error('three of three');
  expect([
    await push(one, bytes(600, 'a')),
    await push(two, bytes(600, 'a')),
    await push(free, bytes(600, 'b')),
  ]).toEqual([201, 201, 201]);
  expect(await used(url)).toEqual([
    'registry_quota_bytes{prefix="team/"} 1000',
    'registry_quota_bytes{prefix="**"} 100000',
    'registry_quota_used_bytes{prefix="team/"} 600',
    'registry_quota_used_bytes{prefix="**"} 1200',
  ]);
  expect(await push(two, bytes(500, 'c'))).toBe(403);
  expect((await two.ask('HEAD', `blobs/${digestOf(bytes(500, 'c'))}`)).status).toBe(404);
  const content = bytes(500, 'd');
  const refused = await one.ask('POST', `blobs/uploads/?digest=${digestOf(content)}`, { body: content });
  expect([refused.status, codeOf(refused)]).toEqual([403, 'DENIED']);
  expect(refused.body.toString()).toContain('the quota of team/ is 1.0 kB: 600 B are used, and this needs 500 B');
  const mounted = await free.pushBlob(content);
  expect((await one.ask('POST', `blobs/uploads/?mount=${mounted}&from=free`, { body: '' })).status).toBe(403);
  const large = { body: bytes(1001, 'e'), headers: { 'Content-Type': 'application/octet-stream' } };
  expect((await one.ask('PATCH', await one.begin(), large)).status).toBe(403);

  expect((await one.ask('DELETE', `blobs/${digestOf(bytes(600, 'a'))}`)).status).toBe(202);
  expect(await push(one, bytes(500, 'c'))).toBe(403); // The other repository has it still.
  expect((await two.ask('DELETE', `blobs/${digestOf(bytes(600, 'a'))}`)).status).toBe(202);
  expect([await push(one, bytes(500, 'c')), await push(one, bytes(500, 'f'))]).toEqual([201, 201]);
  const begun = await one.ask('POST', 'blobs/uploads/', { body: '' });
  expect([begun.status, codeOf(begun)]).toEqual([403, 'DENIED']);
});

test('a manifest counts, and what it had is free when it is deleted', async () => {
  const url = await serve({ prefix: 'app', bytes: 10_000 });
  const app = new Repository(url, 'app');
  const image = await app.image('x');
  const size = image.config.size + 1;
  const { digest, size: own } = await app.pushManifest(image, 'v1');
  expect((await used(url))[1]).toBe(`registry_quota_used_bytes{prefix="app"} ${size + own}`);
  await app.ask('DELETE', `manifests/${digest}`);
  expect((await used(url))[1]).toBe(`registry_quota_used_bytes{prefix="app"} ${size}`);
  const padded = { ...image, annotations: { a: 'x'.repeat(10_000) } };
  const refused = await app.ask('PUT', 'manifests/v2', {
    body: JSON.stringify(padded),
    headers: { 'Content-Type': image.mediaType },
  });
  expect([refused.status, codeOf(refused)]).toEqual([403, 'DENIED']);
  expect((await app.ask('HEAD', 'manifests/v2')).status).toBe(404);
});

test('what lies in the folder is counted at the start, and pushes at once do not exceed it', async () => {
  const before = new Repository(await serve(), 'team/app');
  await before.pushBlob(bytes(500, 'a'));
  const { digest } = await before.pushManifest(await before.image('y'), 'v1');
  await before.ask('DELETE', `manifests/${digest}`);
  const url = await serve({ prefix: 'team/', bytes: 2000 });
  const there = 501 + JSON.stringify({ architecture: 'amd64', os: 'linux', content: 'y' }).length;
  await expect.poll(async () => (await used(url))[1]).toBe(`registry_quota_used_bytes{prefix="team/"} ${there}`);
  const statuses = await Promise.all(
    [...'bcdefgh'].map((fill, at) => push(new Repository(url, `team/${at}`), bytes(500, fill))),
  );
  expect(statuses.filter((status) => status === 201)).toHaveLength(2);
  expect((await used(url))[1]).toBe(`registry_quota_used_bytes{prefix="team/"} ${there + 1000}`);
});
