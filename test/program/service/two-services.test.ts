import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../service/postgres-kit.js';
import { startServiceProcess } from './service-process.js';

let postgres: PostgresServer;
let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'provision-two-services-'));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('of two services on one database one has the jobs of the other, when that and its machine are gone', async () => {
  writeFileSync(
    at('site.ts'),
    `import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { defineSite, file } from 'registry-provision';
if (process.argv.at(-1) !== 'look') {
  appendFileSync(${JSON.stringify(at('begun'))}, process.argv.at(-1) + '\\n');
  while (!existsSync(${JSON.stringify(at('go'))})) await pause(50);
}
export default defineSite([
  { name: 'all', hosts: 'all', gather_facts: false, tasks: [file({ path: '/done', content: 'x' })] },
]);
`,
  );
  mkdirSync(at('web1'));
  writeFileSync(
    at('inventory.yaml'),
    JSON.stringify({ all: { hosts: { web1: { connection: 'local', root: at('web1') } } } }),
  );
  const database = await postgres.database();
  const start = (name: string) =>
    startServiceProcess(at(`${name}.json`), {
      database,
      key_file: at('key'),
      state: at(name),
      listen: '127.0.0.1:0',
      registry: false,
      site: at('site.ts'),
      inventory: [at('inventory.yaml')],
    });
  const [one, two] = [await start('one'), await start('two')];
  const account = { name: 'anna', password: 'correct horse battery' };
  const json = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ token: one.setupToken, ...account });
  await fetch(`${one.url}/api/v1/setup`, { method: 'POST', headers: json, body });
  const Authorization = `Basic ${btoa(`${account.name}:${account.password}`)}`;
  const call = async (
    { url }: { readonly url: string },
    method: string,
    path: string,
    given?: object,
  ): Promise<Answer> => {
    const init = {
      method,
      headers: { ...json, Authorization },
      ...(given === undefined ? {} : { body: JSON.stringify(given) }),
    };
    return await (await fetch(`${url}/api/v1/${path}`, init)).json();
  };
  const [ran, waited] = [
    await call(one, 'POST', 'jobs', { kind: 'provision', reason: 'ran' }),
    await call(one, 'POST', 'jobs', { kind: 'provision', reason: 'waited', secrets: { hidden: 'canary-41' } }),
  ];
  await expect.poll(() => existsSync(at('begun')), { timeout: 60_000 }).toBe(true);
  // Each time of a schedule is one of the two's.
  await call(one, 'POST', 'schedules', { name: 'often', cron: '*/3 * * * * *', job: { kind: 'backup' } });
  await new Promise((resolve) => setTimeout(resolve, 10_000));

  await one.end('SIGKILL');
  process.kill(Number(readFileSync(at(`one/jobs/${ran.id}/started`), 'utf8')), 'SIGKILL');
  writeFileSync(at('go'), '');
  const get = (id: string) => call(two, 'GET', `jobs/${id}`);
  expect(await get(ran.id)).toMatchObject({ state: 'running' });
  await expect.poll(async () => (await get(ran.id)).state, { timeout: 120_000, interval: 1000 }).toBe('done');
  expect(await get(ran.id)).toMatchObject({ result: 'lost', problem: expect.stringMatching(/is gone\..*\nweb1: /) });
  await expect.poll(async () => (await get(waited.id)).state, { timeout: 60_000, interval: 500 }).toBe('done');
  expect(await get(waited.id)).toMatchObject({ result: 'changed', results: { web1: 'changed' } });
  expect(readFileSync(at('begun'), 'utf8').trim().split('\n')).toEqual([ran.id, waited.id]);

  const { items } = await call(two, 'GET', 'jobs?kind=backup&limit=500');
  const times = items.map(({ createdAt }: { createdAt: string }) => Math.floor(Date.parse(createdAt) / 3000));
  expect(times.length).toBeGreaterThan(10);
  expect(new Set(times).size).toBe(times.length);
  await two.end('SIGTERM');
}, 300_000);

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for.
type Answer = any;
