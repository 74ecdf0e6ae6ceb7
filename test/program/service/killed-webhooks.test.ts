import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/service/store/open-database.js';
import { seeded } from '../../kit/random.js';
import { type PostgresServer, startPostgres } from '../../service/postgres-kit.js';
import { type Receiver, startReceiver } from '../../service/receiver-kit.js';
import { type ServiceProcess, startServiceProcess } from './service-process.js';

/*
 * A service that is killed while it sends: each event that was taken comes, and what comes twice has the same id. PROVISION_KILLS
 * sets the number of kills, PROVISION_KILL_SEED the moments.
 */

const kills = Number(process.env.PROVISION_KILLS ?? 8);
const seed = Number(process.env.PROVISION_KILL_SEED ?? Date.now() % 100_000);
const anna = { name: 'anna', password: 'correct horse battery' };
const json = { 'Content-Type': 'application/json' };
const own = { ...json, Authorization: `Basic ${btoa(`${anna.name}:${anna.password}`)}` };

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => await postgres.stop());

const config = {
  listen: '127.0.0.1:0',
  registry: false,
  registries: [{ name: 'prod', host: '127.0.0.1:1' }],
  webhook_allow: ['127.0.0.1'],
  requests_per_second: 10_000,
  requests_burst: 10_000,
};

/** Makes the first account and a webhook. @returns the header by which the registry notifies */
async function setUp(service: ServiceProcess, receiver: Receiver): Promise<string> {
  const send = async (path: string, body?: object) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${service.url}/api/v1/${path}`, { headers: own, ...init });
    // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for.
    return (await answer.json()) as any;
  };
  const body = JSON.stringify({ token: service.setupToken, ...anna });
  await fetch(`${service.url}/api/v1/setup`, { method: 'POST', headers: json, body });
  await send('webhooks', { name: 'ci', url: `${receiver.url}/hook`, kinds: ['tag.pushed'] });
  return (await send('registries/prod/notification-settings')).headers.Authorization[0];
}

/** Notifies of a push. @returns true: that was taken */
async function notify(url: string, secret: string, tag: string): Promise<boolean> {
  const event = {
    id: `event-${tag}`,
    timestamp: new Date(Date.now() - 10_000).toISOString(),
    action: 'push',
    target: {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: `sha256:${Buffer.from(tag).toString('hex').padEnd(64, '0')}`,
      repository: 'team/app',
      tag,
    },
    actor: { name: 'bob' },
  };
  try {
    const answer = await fetch(`${url}/api/v1/registries/prod/notifications`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/vnd.docker.distribution.events.v1+json', Authorization: secret },
      body: JSON.stringify({ events: [event] }),
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false; // It was killed before it answered.
  }
}

const tagOf = (body: string): string => JSON.parse(body).data.tag;

it.each([
  'SQLite',
  'PostgreSQL',
])(`what was pushed is told, and twice with one id alone, however often the service is killed, on %s (seed ${seed})`, {
  timeout: 300_000,
}, async (kind) => {
  const folder = await mkdtemp(join(tmpdir(), 'provision-killed-webhooks-'));
  const random = seeded(seed);
  const database = kind === 'SQLite' ? {} : { database: await postgres.database() };
  const taken = new Set<string>();
  const failed = new Set<string>();
  const receiver = await startReceiver({
    answer: (response, { body }) => {
      // Some fail once, so that there are tries to come; most take their time, so that kills hit them.
      const fails = random() < 0.1 && !failed.has(tagOf(body));
      if (fails) failed.add(tagOf(body));
      setTimeout(() => {
        if (!fails && !response.destroyed) taken.add(tagOf(body));
        response.writeHead(fails ? 500 : 204).end();
      }, random() * 300);
    },
  });
  const start = () =>
    startServiceProcess(join(folder, 'service.json'), { ...config, ...database, state: join(folder, 'state') });
  let service = await start();
  onTestFinished(async () => {
    await service.end('SIGTERM');
    await receiver.close();
    await rm(folder, { recursive: true });
  });
  const secret = await setUp(service, receiver);
  const sent: string[] = [];
  const waiting = new Set<string>();
  for (let kill = 0; kill < kills; kill += 1) {
    const end = performance.now() + 500 + random() * 1500;
    while (performance.now() < end) {
      const tag = `v${sent.length}`;
      sent.push(tag);
      if (!(await notify(service.url, secret, tag))) waiting.add(tag);
      await pause(20);
    }
    await service.end('SIGKILL');
    service = await start();
  }
  for (const tag of waiting) expect(await notify(service.url, secret, tag)).toBe(true);
  await expect.poll(() => taken.size, { timeout: 120_000, interval: 500 }).toBe(sent.length);
  const ids = new Map<string, Set<string>>();
  for (const { body, headers } of receiver.received) {
    const known = ids.get(tagOf(body)) ?? new Set();
    ids.set(tagOf(body), known.add(`${headers['webhook-id']} ${JSON.parse(body).id}`));
  }
  expect([...ids.keys()].sort()).toEqual(sent.toSorted());
  expect([...ids.values()].filter((each) => each.size > 1)).toEqual([]);
  console.log(`${kind}: ${sent.length} events, ${receiver.received.length} messages, ${kills} kills`);
});

it('of two services one sends what the other had begun when it was killed, after a minute, with the same id', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'provision-two-webhooks-'));
  const address = await postgres.database();
  const receiver = await startReceiver({ answer: () => {} });
  const start = (name: string) =>
    startServiceProcess(join(folder, `${name}.json`), {
      ...config,
      database: address,
      key_file: join(folder, 'key'),
      state: join(folder, name),
    });
  const services = { one: await start('one'), two: await start('two') };
  onTestFinished(async () => {
    for (const each of [services.one, services.two]) if (each.child.exitCode === null) await each.end('SIGKILL');
    await receiver.close();
    await rm(folder, { recursive: true });
  });
  const secret = await setUp(services.one, receiver);
  expect(await notify(services.two.url, secret, 'v1')).toBe(true);
  await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(1);
  const database = await openDatabase(address);
  const rows = await database.db.selectFrom('webhook_deliveries').selectAll().execute();
  const name = (['one', 'two'] as const).find(
    (each) => readFileSync(join(folder, each, 'instance'), 'utf8').trim() === rows[0]?.leased_by,
  );
  if (name === undefined) throw new Error('nobody sends it');
  await services[name].end('SIGKILL');
  const killed = performance.now();
  receiver.answer = (response) => response.writeHead(204).end();
  await expect.poll(() => receiver.received.length, { timeout: 90_000, interval: 500 }).toBe(2);
  expect(performance.now() - killed).toBeGreaterThan(40_000);
  const [first, second] = receiver.received;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(second?.body).toBe(first?.body);
  await expect
    .poll(async () => await database.db.selectFrom('webhook_deliveries').select(['state', 'tries']).execute())
    .toEqual([{ state: 'delivered', tries: 1 }]);
  await database.close();
}, 200_000);
