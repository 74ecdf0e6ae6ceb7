import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RegistryServer, serveRegistry } from '../../../src/registry/server/serve.js';
import { Seeded } from '../../registry/proxy/seeded.js';
import { freePort } from '../../registry/proxy/start-registry.js';
import { type PostgresServer, startPostgres } from '../../service/postgres-kit.js';
import { type ServiceProcess, startServiceProcess } from './service-process.js';

/*
 * The service is killed (-9) again and again while clients ask for tokens and a registry sends notifications. What it answered must
 * be there, what it was told must be there once. PROVISION_KILLS sets the number, PROVISION_KILL_SEED the moments.
 */

const kills = Number(process.env.PROVISION_KILLS ?? 12);
const seed = Number(process.env.PROVISION_KILL_SEED ?? Date.now() % 100_000);
const anna = ['anna', 'correct horse battery'] as const;
const basic = { Authorization: `Basic ${btoa(anna.join(':'))}` };
const type = 'application/vnd.oci.image.manifest.v1+json';

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => await postgres.stop());

describe.each(['SQLite', 'PostgreSQL'])('a service that is killed, on %s', (kind) => {
  let folder: string;
  let service: ServiceProcess;
  let registry: RegistryServer;
  let config: object;
  /** Headers of an access token: unlike a password it is known at once, between two kills. */
  let byToken: Record<string, string>;
  const start = () => startServiceProcess(join(folder, 'service.json'), config);
  const get = async (path: string) => await read(`${service.url}${path}`);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provision-killed-'));
    config = {
      state: join(folder, 'state'),
      listen: `127.0.0.1:${await freePort()}`,
      registry: false,
      registries: [{ name: 'prod', host: `127.0.0.1:${await freePort()}` }],
      reconcile_every: 86_400,
      requests_per_second: 10_000,
      requests_burst: 10_000,
      ...(kind === 'SQLite' ? {} : { database: await postgres.database() }),
    };
    service = await start();
    const body = JSON.stringify({ token: service.setupToken, name: anna[0], password: anna[1] });
    await fetch(`${service.url}/api/v1/setup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    const { url, headers } = await get('/api/v1/registries/prod/notification-settings');
    const made = await fetch(`${service.url}/api/v1/tokens`, {
      method: 'POST',
      headers: { ...basic, 'Content-Type': 'application/json' },
      body: JSON.stringify({ label: 'killed' }),
    });
    const { secret } = (await made.json()) as Answer;
    byToken = { Authorization: `Basic ${btoa(`anna:${secret}`)}` };
    const endpoint = {
      name: 'service',
      url,
      headers,
      timeout: 5000,
      threshold: 1000,
      backoff: 100,
      ignoredTypes: [],
      ignoredActions: [],
    };
    registry = await serveRegistry({
      dir: join(folder, 'registry'),
      notifications: { folder: join(folder, 'queue'), mostBytes: 64 << 20, endpoints: [endpoint] },
    });
  });
  afterAll(async () => {
    await registry.close();
    await service.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  it(`loses nothing and does nothing twice in ${kills} kills (seed ${seed})`, {
    timeout: 300_000 + kills * 15_000,
  }, async () => {
    const random = new Seeded(seed);
    let over = false;
    const pushed = new Map<string, string>();
    let pulls = 0;
    const logins: string[] = [];
    let attempts = 0;

    const pushing = async () => {
      for (let count = 0; !over; count += 1) {
        const manifest = JSON.stringify({
          schemaVersion: 2,
          mediaType: type,
          config: await blob(registry.url, `config ${count}`),
          layers: [],
        });
        const path = `${registry.url}/v2/team/app/manifests/${count}`;
        const put = await fetch(path, { method: 'PUT', headers: { 'Content-Type': type }, body: manifest });
        expect(put.status).toBe(201);
        pushed.set(String(count), `sha256:${createHash('sha256').update(manifest).digest('hex')}`);
        const pull = await fetch(path, { headers: { Accept: type } });
        await pull.arrayBuffer();
        pulls += 1;
        await pause(60);
      }
    };
    const loggingIn = async () => {
      while (!over) {
        attempts += 1;
        try {
          const answer = await fetch(`${service.url}/token?service=prod&offline_token=true&client_id=killed`, {
            headers: byToken,
          });
          const { refresh_token: token } = (await answer.json()) as Answer;
          if (answer.status === 200) logins.push(token);
          else expect(answer.status).toBe(200);
        } catch (error) {
          if (error instanceof Error && error.name === 'AssertionError') throw error;
          await pause(20); // It is not there at the moment.
        }
        await pause(10);
      }
    };
    const work = [pushing(), loggingIn(), loggingIn()];
    for (let count = 0; count < kills; count += 1) {
      await pause(random.next() * 400);
      await service.end('SIGKILL');
      service = await start();
    }
    await pause(300);
    over = true;
    await Promise.all(work);

    const tags = await allTags(get);
    await expect.poll(async () => (await allTags(get)).size, { timeout: 120_000 }).toBe(pushed.size);
    expect(await allTags(get), `${tags.size} at first`).toEqual(pushed);
    for (const tag of [...pushed.keys()]) {
      const { items } = await get(`/api/v1/registries/prod/repositories/team%2Fapp/tags/${tag}/history`);
      expect(items.map(({ digest }: { digest: string }) => digest)).toEqual([pushed.get(tag)]);
    }
    const counted = async () => (await get('/api/v1/registries/prod/repositories/team%2Fapp')).pullCount;
    await expect.poll(counted, { timeout: 120_000 }).toBe(pulls);

    expect(logins.length).toBeGreaterThan(kills);
    const kept = await everything(get, '/api/v1/logins');
    expect(kept.length).toBeGreaterThanOrEqual(logins.length);
    expect(kept.length).toBeLessThanOrEqual(attempts);
    expect(new Set(logins).size).toBe(logins.length);
    for (const refresh of logins) {
      const form = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refresh,
        service: 'prod',
        scope: '',
      });
      expect((await fetch(`${service.url}/token`, { method: 'POST', body: form })).status).toBe(200);
    }
    const audited = await everything(get, '/api/v1/audit?verb=login&actor=anna');
    expect(audited.length).toBeGreaterThanOrEqual(logins.length);
    expect(audited.length).toBeLessThanOrEqual(attempts);
    console.log(
      `${kind}: ${kills} kills, ${pushed.size} pushes, ${pulls} pulls, ${logins.length} of ${attempts} logins answered`,
    );
  });
});

it('of two services on one database one goes on when the other is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'provision-two-'));
  const port = await freePort();
  const database = await postgres.database();
  const common = {
    database,
    key_file: join(folder, 'key'),
    registry: false,
    registries: [{ name: 'prod', host: `127.0.0.1:${port}` }],
    // How much a client may ask is not what this is about.
    ...{ requests_per_second: 10_000, requests_burst: 10_000 },
  };
  const start = (name: string) =>
    startServiceProcess(join(folder, `${name}.json`), { ...common, state: join(folder, name), listen: '127.0.0.1:0' });
  const [one, two] = [await start('one'), await start('two')];
  const body = JSON.stringify({ token: one.setupToken, name: anna[0], password: anna[1] });
  await fetch(`${one.url}/api/v1/setup`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  const rootcertbundle = join(folder, 'one/token-authority.pem');
  const registry = await serveRegistry({
    dir: join(folder, 'registry'),
    port,
    token: { realm: `${two.url}/token`, issuer: 'provision', service: 'prod', rootcertbundle },
  });
  const issued = async ({ url }: ServiceProcess) =>
    await read(`${url}/token?service=prod&scope=registry:catalog:*&offline_token=true`);
  const [first, second] = [await issued(one), await issued(two)];
  const settings = await read(`${two.url}/api/v1/registries/prod/notification-settings`);
  const event = {
    id: 'one-event',
    timestamp: new Date().toISOString(),
    action: 'push',
    target: { mediaType: type, digest: `sha256:${'a'.repeat(64)}`, repository: 'team/app', tag: '1' },
    actor: { name: 'anna' },
  };
  const notify = async ({ url }: ServiceProcess) =>
    (
      await fetch(`${url}/api/v1/registries/prod/notifications`, {
        method: 'POST',
        headers: { Authorization: settings.headers.Authorization[0], 'Content-Type': 'application/json' },
        body: JSON.stringify({ events: [event] }),
      })
    ).status;
  expect(await Promise.all([notify(one), notify(two), notify(one)])).toEqual([200, 200, 200]);
  const statuses: number[] = [];
  let over = false;
  const asking = (async () => {
    while (!over) {
      const answer = await fetch(`${two.url}/token?service=prod&scope=repository:team/app:pull`, { headers: basic });
      await answer.arrayBuffer();
      statuses.push(answer.status, (await fetch(`${two.url}/readyz`)).status);
    }
  })();
  await pause(300);
  await one.end('SIGKILL');
  await pause(700);
  over = true;
  await asking;
  expect(new Set(statuses)).toEqual(new Set([200]));
  // What the other one issued and kept is good still.
  for (const { token, refresh_token: refresh } of [first, second]) {
    const listed = await fetch(`${registry.url}/v2/_catalog`, { headers: { Authorization: `Bearer ${token}` } });
    expect(listed.status).toBe(200);
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh, service: 'prod' });
    expect((await fetch(`${two.url}/token`, { method: 'POST', body: form })).status).toBe(200);
  }
  const { items } = await read(`${two.url}/api/v1/registries/prod/repositories/team%2Fapp/tags/1/history`);
  expect(items).toHaveLength(1);
  await registry.close();
  await two.end('SIGTERM');
  await rm(folder, { recursive: true });
});

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for.
type Answer = any;
type Get = (path: string) => Promise<Answer>;

async function read(url: string): Promise<Answer> {
  return await (await fetch(url, { headers: basic })).json();
}

async function everything(get: Get, path: string): Promise<Record<string, string>[]> {
  const items: Record<string, string>[] = [];
  const joined = path.includes('?') ? '&' : '?';
  for (let after: string | null = ''; after !== null; ) {
    const part: { items: Record<string, string>[]; next?: string | null } = await get(
      `${path}${joined}limit=500${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
    );
    items.push(...part.items);
    after = part.next ?? null;
  }
  return items;
}

async function allTags(get: Get): Promise<Map<string, string>> {
  const items = await everything(get, '/api/v1/registries/prod/repositories/team%2Fapp/tags').catch(() => []); // It is not known yet.
  return new Map(items.map(({ name = '', digest = '' }) => [name, digest]));
}

async function blob(url: string, text: string): Promise<object> {
  const bytes = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', text }));
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const begun = await fetch(`${url}/v2/team/app/blobs/uploads/`, { method: 'POST' });
  const location = new URL(begun.headers.get('location') ?? '', url);
  location.searchParams.set('digest', digest);
  const put = await fetch(location, { method: 'PUT', body: bytes });
  expect(put.status).toBe(201);
  return { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: bytes.length };
}
