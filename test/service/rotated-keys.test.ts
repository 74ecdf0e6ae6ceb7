import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestService, testService } from './service-kit.js';

const clients = 20;
const rounds = 6;
const bob = ['bob', 'hunter2 hunter2'] as const;
const type = 'application/vnd.oci.image.manifest.v1+json';
let service: TestService;
beforeAll(async () => {
  service = await testService();
  await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
});
afterAll(async () => await service.close());

/** Pushes an image and pulls it, each with a token of its own. @returns the statuses of all requests */
async function round(client: number, count: number): Promise<number[]> {
  const name = `bob/app-${client}`;
  const at = `http://${service.registry}/v2/${name}`;
  const statuses: number[] = [];
  const ask = async (url: string | URL, init: RequestInit) => {
    const answer = await fetch(url, init);
    const bytes = await answer.arrayBuffer();
    statuses.push(answer.status);
    return { headers: answer.headers, text: Buffer.from(bytes).toString() };
  };
  const token = async (actions: string) => ({
    Authorization: `Bearer ${(await service.token(`service=local&client_id=${client}-${count}&scope=repository:${name}:${actions}`, bob)).body.token}`,
  });
  const push = await token('pull,push');
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', client, count }));
  const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
  const begun = await ask(`${at}/blobs/uploads/`, { method: 'POST', headers: push });
  const location = new URL(begun.headers.get('location') ?? '', at);
  location.searchParams.set('digest', digest);
  await ask(location, { method: 'PUT', headers: push, body: config });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: config.length },
    layers: [],
  });
  await ask(`${at}/manifests/${count}`, { method: 'PUT', headers: { ...push, 'Content-Type': type }, body: manifest });
  const pull = await token('pull');
  const { text } = await ask(`${at}/manifests/${count}`, { headers: { ...pull, Accept: type } });
  expect(text).toBe(manifest);
  await ask(`${at}/blobs/${digest}`, { headers: pull });
  return statuses;
}

it(`${clients} clients push and pull while keys change, and none fails`, async () => {
  let over = false;
  let rotations = 0;
  const rotating = (async () => {
    while (!over) {
      expect((await service.send('POST /api/v1/token-server/rotate')).status).toBe(204);
      rotations += 1;
      await pause(20);
    }
  })();
  const statuses = await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const all: number[] = [];
      for (let count = 0; count < rounds; count += 1) all.push(...(await round(client, count)));
      return all;
    }),
  );
  over = true;
  await rotating;
  const count = new Map<number, number>();
  for (const status of statuses.flat()) count.set(status, (count.get(status) ?? 0) + 1);
  const each = clients * rounds;
  expect([...count].sort()).toEqual([
    [200, 2 * each],
    [201, 2 * each],
    [202, each],
  ]);
  expect(rotations).toBeGreaterThan(rounds);
  const found = await service.send('GET /api/v1/search?q=tag:*&limit=500', undefined, bob);
  await expect
    .poll(async () => (await service.send('GET /api/v1/search?q=tag:*&limit=500', undefined, bob)).body.items.length, {
      message: `${found.body.items.length} at first`,
    })
    .toBe(each);
});
