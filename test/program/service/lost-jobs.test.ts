import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { holding, runLock } from '../../kit/vitest/holding.js';
import { type ServiceProcess, startServiceProcess } from './service-process.js';

/* Jobs on this machine: its journal says what they were at. */
holding(runLock);

const anna = ['anna', 'correct horse battery'] as const;
const headers = { Authorization: `Basic ${btoa(anna.join(':'))}`, 'Content-Type': 'application/json' };
let folder = '';
let service: ServiceProcess;
const at = (name: string) => join(folder, name);
const start = () =>
  startServiceProcess(at('service.json'), {
    state: at('state'),
    listen: '127.0.0.1:0',
    registry: false,
    site: at('site.yaml'),
    inventory: [at('inventory.yaml')],
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provision-lost-jobs-'));
  const waits = `echo x >>${at('begun')}; until [ -e ${at('go')} ]; do sleep 0.1; done`;
  const tasks = [{ name: 'wait for go', command: { cmd: `sh -c '${waits}'`, always: true } }];
  writeFileSync(at('site.yaml'), JSON.stringify([{ name: 'all', hosts: 'all', gather_facts: false, tasks }]));
  writeFileSync(at('inventory.yaml'), JSON.stringify({ all: { hosts: { here: { connection: 'local' } } } }));
  service = await start();
  const body = JSON.stringify({ token: service.setupToken, name: anna[0], password: anna[1] });
  await fetch(`${service.url}/api/v1/setup`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
});
afterEach(async () => {
  writeFileSync(at('go'), '');
  await service.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a job, and waits until its command runs. */
async function runningJob(): Promise<{ readonly id: string; readonly pid: number }> {
  const { id } = await call('POST', 'jobs', { kind: 'provision' });
  await expect.poll(() => existsSync(at('begun')), { timeout: 60_000 }).toBe(true);
  return { id, pid: Number(readFileSync(at(`state/jobs/${id}/started`), 'utf8')) };
}

async function ended(id: string) {
  await expect
    .poll(async () => (await call('GET', `jobs/${id}`)).state, { timeout: 90_000, interval: 200 })
    .toBe('done');
  return await call('GET', `jobs/${id}`);
}

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for.
async function call(method: string, path: string, body?: object): Promise<any> {
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return await (await fetch(`${service.url}/api/v1/${path}`, init)).json();
}

const lost = {
  state: 'done',
  result: 'lost',
  results: { here: 'lost' },
  problem: expect.stringMatching(
    /^its process ended without a word; not finished: here\. Run it again: .*\nhere: begun, not finished: .*wait for go/,
  ),
};

it('a job whose process is killed is lost, with what its host was at', async () => {
  const { id, pid } = await runningJob();
  process.kill(pid, 'SIGKILL');
  expect(await ended(id)).toMatchObject(lost);
});

it('a job that is killed together with the service is lost when that starts again', async () => {
  const { id, pid } = await runningJob();
  await service.end('SIGKILL');
  process.kill(pid, 'SIGKILL');
  service = await start();
  expect(await ended(id)).toMatchObject(lost);
});

it('a job goes on when the service is killed, and is attached again', async () => {
  const { id, pid } = await runningJob();
  await service.end('SIGKILL');
  service = await start();
  expect(await call('GET', `jobs/${id}`)).toMatchObject({ state: 'running', result: null });
  await service.end('SIGKILL');
  service = await start();
  expect(Number(readFileSync(at(`state/jobs/${id}/started`), 'utf8'))).toBe(pid);
  writeFileSync(at('go'), '');
  expect(await ended(id)).toMatchObject({ result: 'changed', results: { here: 'changed' }, problem: '' });
  expect(readFileSync(at('begun'), 'utf8')).toBe('x\n');
});

it('a job that ends while the service is away has ended as it says', async () => {
  const { id, pid } = await runningJob();
  await service.end('SIGKILL');
  writeFileSync(at('go'), '');
  await expect.poll(() => existsSync(`/proc/${pid}/environ`), { timeout: 30_000 }).toBe(false);
  service = await start();
  expect(await ended(id)).toMatchObject({ result: 'changed', results: { here: 'changed' } });
  expect(readFileSync(at('begun'), 'utf8')).toBe('x\n');
});

it('a job is cancelled by the service that attached it, at once the second time', async () => {
  const { id } = await runningJob();
  await service.end('SIGKILL');
  service = await start();
  await call('POST', `jobs/${id}/cancel`);
  await call('POST', `jobs/${id}/cancel`);
  expect(await ended(id)).toMatchObject({ result: 'cancelled' });
});
