import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../../src/registry/digest.js';
import { configuredOptions } from '../../../src/registry/server/config/server-options.js';
import { type RegistryServer, serveRegistry } from '../../../src/registry/server/serve.js';
import { codeOf, Repository } from '../conformance/repository.js';

let home: string;
const open: RegistryServer[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-immutable-'));
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close(0);
  await rm(home, { recursive: true });
});

async function repository(name: string, ...patterns: readonly string[]): Promise<Repository> {
  const options = await configuredOptions(
    { dir: home, port: 0, delete: true, immutable_tags: [...patterns] },
    undefined,
  );
  const server = await serveRegistry(options);
  open.push(server);
  return new Repository(server.url, name);
}

const put = async (to: Repository, reference: string, image: { mediaType: string }) =>
  await to.ask('PUT', `manifests/${reference}`, {
    body: JSON.stringify(image),
    headers: { 'Content-Type': image.mediaType },
  });

test('a tag that matches stays where it is; others move', async () => {
  const fixed = await repository('team/app', 'team/**:v*');
  const [one, other] = [await fixed.image('one'), await fixed.image('other')];
  const { digest } = await fixed.pushManifest(one, 'v1');
  expect((await put(fixed, 'v1', one)).status).toBe(201);
  const refused = await put(fixed, 'v1', other);
  expect([refused.status, codeOf(refused)]).toEqual([409, 'DENIED']);
  expect(refused.body.toString()).toContain('the tag v1 of team/app is immutable: it can not be moved');
  expect((await put(fixed, `${digestOf(Buffer.from(JSON.stringify(other)))}?tag=new&tag=v1`, other)).status).toBe(409);
  expect((await fixed.ask('HEAD', 'manifests/new')).status).toBe(404);
  expect((await fixed.ask('HEAD', 'manifests/v1')).headers['docker-content-digest']).toBe(digest);
  for (const reference of ['v1', digest])
    expect((await fixed.ask('DELETE', `manifests/${reference}`)).status).toBe(409);
  expect((await fixed.ask('HEAD', 'manifests/v1')).status).toBe(200);
  for (const image of [one, other]) expect((await put(fixed, 'latest', image)).status).toBe(201);
  expect((await fixed.ask('DELETE', 'manifests/latest')).status).toBe(202);
  const long = digestOf(Buffer.from(JSON.stringify(one)), 'sha512');
  expect((await put(fixed, `${long}?tag=v1`, one)).status).toBe(201);
});

test('of pushes at once one makes the tag, also where they come to two servers', async () => {
  const [one, other] = [await repository('app', '**:*'), await repository('app', '**:*')];
  for (let round = 0; round < 20; round += 1) {
    const images = await Promise.all([1, 2, 3, 4].map((each) => one.image(`${round}-${each}`)));
    const statuses = await Promise.all(
      images.map(async (image, at) => (await put(at % 2 === 0 ? one : other, `r${round}`, image)).status),
    );
    expect(statuses.sort()).toEqual([201, 409, 409, 409]);
  }
});

test('a pattern that is none is told of', async () => {
  await expect(repository('app', 'latest')).rejects.toThrow('--immutable-tags: latest is not REPOSITORY:TAG');
  await expect(repository('app', '**:{a,b}')).rejects.toThrow('{…} and (…) cannot be used');
});
