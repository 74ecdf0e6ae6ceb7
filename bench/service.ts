import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type ServiceProcess, startServiceProcess } from '../test/program/service/service-process.js';
import type { Load, LoadResult } from './embedded-load.js';
import { startEmbedded } from './embedded-servers.js';
import { writeRegistry } from './service-layout.js';
import { table } from './table.js';

/*
 * The service, as it is built, on loopback: rates are per second of its CPU, so that what else the machine does is not in them;
 * both sides of a ratio take turns. Needs nothing but the build.
 */

const rounds = 5;
const jiti = '../node_modules/jiti/lib/jiti-cli.mjs';
const anna = ['anna', 'correct horse battery'] as const;
const basic = `Basic ${btoa(anna.join(':'))}`;
const home = await mkdtemp(join(process.env.BENCH_DIR ?? tmpdir(), 'provision-bench-service-'));
const rows: string[][] = [];
const row = (...cells: string[]) => {
  rows.push(cells);
  console.error(cells.join(' | '));
};
try {
  await starts();
  await tokens();
  await manifests();
  await looks('10,000 tags', 100);
  await looks('100,000 tags', 1000);
} finally {
  await rm(home, { recursive: true, force: true });
}
console.log(table(['what', 'figure', 'beside', 'ratio', 'aim'], rows));

/** Starts it several times over the same state. */
async function starts(): Promise<void> {
  const seconds: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    const service = await startServiceProcess(join(home, 'start.json'), configOf('start'));
    seconds.push((performance.now() - began) / 1000);
    cpu.push(await cpuOf(service.child.pid));
    await service.end('SIGTERM');
  }
  row(
    'start until it answers, median of five',
    `${median(seconds).toFixed(2)} s, ${median(cpu).toFixed(2)} s of CPU`,
    '',
    '',
    '1 s',
  );
}

/** Tokens that must be signed each, beside bare signatures. */
async function tokens(): Promise<void> {
  const service = await started('tokens');
  const ask = (path: string) => async () =>
    await perCpu(service.child.pid, {
      kind: 'ask',
      url: service.url,
      method: 'GET',
      path: `/token?service=local&account=anna&scope=${path}`,
      headers: `Authorization: ${basic}\r\n`,
      connections: 8,
      seconds: 2,
    });
  let part = 0;
  const bare = spawn(process.execPath, [path(jiti), path('sign-server.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [bareUrl] = await once(createInterface({ input: bare.stdout }), 'line');
  const [signed, server, fresh, again] = await inTurns(
    async () => Number((await execa(process.execPath, [path(jiti), path('sign-load.ts')])).stdout),
    () => perCpu(bare.pid, { kind: 'ask', url: String(bareUrl), method: 'GET', path: '/', connections: 8, seconds: 2 }),
    async () => {
      part += 1;
      return await ask(`repository:team-${part}/app-{n}:pull,push`)();
    },
    ask('repository:team/app:pull'),
  );
  row('tokens, each another', perSecond(fresh), `${perSecond(signed)} signatures`, ratio(fresh, signed), '0.5');
  row(
    'the same, beside a bare server of Node that signs',
    perSecond(fresh),
    `${perSecond(server)} answers`,
    ratio(fresh, server),
    '',
  );
  bare.kill();
  row(
    'tokens, the same within a minute',
    perSecond(again),
    `${perSecond(signed)} signatures`,
    ratio(again, signed),
    '',
  );
  await service.end('SIGTERM');
}

/** Manifests of the embedded registry with tokens, beside without. */
async function manifests(): Promise<void> {
  const dir = join(home, 'manifests');
  await writeRegistry(dir, 1, 1);
  const service = await startServiceProcess(join(home, 'manifests.json'), {
    ...configOf('with-tokens'),
    registry_dir: dir,
  });
  await setUp(service);
  const { body } = await get(service, '/api/v1/token-server');
  const rootcertbundle = join(home, 'bundle.pem');
  await writeFile(rootcertbundle, body.rootcertbundle);
  const trust = [
    '--token-realm',
    body.realm,
    '--token-service',
    'local',
    '--token-issuer',
    body.issuer,
    '--token-rootcertbundle',
    rootcertbundle,
  ];
  const [plain, trusting] = [
    await startEmbedded(join(home, 'plain'), dir),
    await startEmbedded(join(home, 'trusting'), dir, trust),
  ];
  const { token } = (await get(service, '/token?service=local&scope=repository:team-0/app-0:pull')).body;
  const load = (url: string, headers: string): Load => ({
    kind: 'ask',
    url,
    method: 'GET',
    path: '/v2/team-0/app-0/manifests/1.0',
    headers,
    connections: 8,
    seconds: 2,
  });
  const bearer = `Authorization: Bearer ${token}\r\n`;
  const [without, withTokens, beside] = await inTurns(
    () => perCpu(plain.child.pid, load(plain.url, '')),
    () => perCpu(trusting.child.pid, load(trusting.url, bearer)),
    () => perCpu(service.child.pid, load(`http://${service.registry}`, bearer)),
  );
  row(
    'GETs of a manifest with a token',
    perSecond(withTokens),
    `${perSecond(without)} without`,
    ratio(withTokens, without),
    '0.8',
  );
  row(
    'the same beside the service, pulls counted',
    perSecond(beside),
    `${perSecond(without)} without`,
    ratio(beside, without),
    '',
  );
  for (const { end } of [plain, trusting]) await end();
  await service.end('SIGTERM');
}

/** Looks at a registry of so many repositories with a hundred tags each. */
async function looks(what: string, repositories: number): Promise<void> {
  const name = `looks-${repositories}`;
  const dir = join(home, name);
  await writeRegistry(dir, repositories, 100);
  const service = await startServiceProcess(join(home, `${name}.json`), { ...configOf(name), registry_dir: dir });
  await setUp(service);
  const state = async () => (await get(service, '/api/v1/registries')).body.items[0];
  while ((await state()).reconciledAt === null) await new Promise((resolve) => setTimeout(resolve, 500));
  const { pid } = service.child;
  const filled = await cpuOf(pid);
  row(`first look, ${what}`, `${filled.toFixed(1)} s of CPU`, '', '', '');
  const { body } = await get(service, '/api/v1/registries/local/reconcile', 'POST');
  const floor = Math.ceil(repositories / 1000) + repositories + repositories * 100;
  row(
    `look without a change, ${what}`,
    `${body.requests} requests, ${body.changes} changes, ${((await cpuOf(pid)) - filled).toFixed(1)} s of CPU`,
    `${floor} listings and HEADs`,
    ratio(floor, body.requests),
    '1',
  );
  for (const q of ['app-7', 'tag:1.7*', 'label:team=3', 'platform:linux/amd64 tag:1.99']) {
    await get(service, `/api/v1/search?q=${encodeURIComponent(q)}&limit=100`);
  }
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string) =>
    (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024).toFixed(0);
  const memory = `${megabytes('VmRSS')} MB, at most ${megabytes('VmHWM')} MB`;
  row(`resident memory, ${what}`, memory, '', '', repositories === 100 ? '150 MB' : '');
  await service.end('SIGTERM');
}

function configOf(name: string): object {
  const limits = { requests_per_second: 1e6, requests_burst: 1e6 };
  return { state: join(home, `state-${name}`), listen: '127.0.0.1:0', registry_listen: '127.0.0.1:0', ...limits };
}

async function started(name: string): Promise<ServiceProcess> {
  const service = await startServiceProcess(join(home, `${name}.json`), configOf(name));
  await setUp(service);
  return service;
}

async function setUp({ url, setupToken }: ServiceProcess): Promise<void> {
  const body = JSON.stringify({ token: setupToken, name: anna[0], password: anna[1] });
  await fetch(`${url}/api/v1/setup`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
}

// biome-ignore lint/suspicious/noExplicitAny: the bench knows what it asked for.
async function get({ url }: ServiceProcess, path: string, method = 'GET'): Promise<{ body: any }> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { Authorization: basic },
    signal: AbortSignal.timeout(1_800_000),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return { body: await answer.json() };
}

/** Returns requests a second of a process's CPU. */
async function perCpu(pid: number | undefined, task: Load): Promise<number> {
  const before = await cpuOf(pid);
  const { stdout } = await execa(process.execPath, [path(jiti), path('embedded-load.ts'), JSON.stringify(task)]);
  return (JSON.parse(stdout) as LoadResult).requests / ((await cpuOf(pid)) - before);
}

/** Runs each several times, one after the other. @returns the median of each */
async function inTurns<Works extends (() => Promise<number>)[]>(
  ...works: Works
): Promise<{ [At in keyof Works]: number }> {
  const figures = works.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, work] of works.entries()) figures[at]?.push(await work());
  }
  return figures.map(median) as { [At in keyof Works]: number };
}

/** Returns the seconds of CPU that a process took until now. */
async function cpuOf(pid: number | undefined): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function perSecond(rate: number): string {
  return `${rate.toFixed(0)}/s of CPU`;
}

function ratio(ours: number, theirs: number): string {
  return (ours / theirs).toFixed(2);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
