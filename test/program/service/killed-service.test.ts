import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveRegistry } from '../../../src/registry/server/serve.js';
import { freePort } from '../../registry/proxy/start-registry.js';
import { type PostgresServer, startPostgres } from '../../service/postgres-kit.js';
import { serviceKills } from './service-kills.js';
import { type ServiceProcess, startServiceProcess } from './service-process.js';

/* PROVISION_KILLS sets the number of kills, PROVISION_KILL_SEED the moments. */

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

it.each([
  'SQLite',
  'PostgreSQL',
])(`a service that is killed loses nothing and does nothing twice, on %s (seed ${seed})`, {
  timeout: 300_000 + kills * 15_000,
}, async (kind) => {
  const folder = await mkdtemp(join(tmpdir(), 'provision-killed-'));
  const database = kind === 'SQLite' ? undefined : await postgres.database();
  const { faults, ...counts } = await serviceKills({ folder, kills, seed, database });
  console.log(`${kind}: ${JSON.stringify(counts)}`);
  expect(faults).toEqual([]);
  expect(counts.logins).toBeGreaterThan(kills);
  expect(counts.jobs).toBeGreaterThan(0);
  await rm(folder, { recursive: true });
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

async function read(url: string): Promise<Answer> {
  return await (await fetch(url, { headers: basic })).json();
}
