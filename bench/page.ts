import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { chromium } from 'playwright-core';
import { findProgram } from '../test/lab/machine/packages.js';
import { startServiceProcess } from '../test/program/service/service-process.js';
import type { ListingLoad, ListingResult } from './page-listing.js';
import { writeRegistry } from './service-layout.js';
import { table } from './table.js';

/*
 * Lists as people wait for them: 10,000 tags of a repository and 1,000 repositories, newest first, by the service and in a browser;
 * beside them the same rows by the registry's API, as pages without an index make them. Medians of five, in turns.
 */

const rounds = 5;
const anna = ['anna', 'correct horse battery'] as const;
const basic = `Basic ${btoa(anna.join(':'))}`;
const home = await mkdtemp(join(process.env.BENCH_DIR ?? tmpdir(), 'provision-bench-page-'));
try {
  const dir = join(home, 'registry');
  await writeRegistry(dir, 1, 10_000, { nameOf: () => 'big/app', images: 10_000 });
  await writeRegistry(dir, 999, 2);
  const limits = { requests_per_second: 1e6, requests_burst: 1e6 };
  const listen = { listen: '127.0.0.1:0', registry_listen: '127.0.0.1:0' };
  const service = await startServiceProcess(join(home, 'service.json'), {
    state: join(home, 'state'),
    registry_dir: dir,
    ...listen,
    ...limits,
  });
  const { url, registry = '', setupToken } = service;
  const pid = service.child.pid ?? 0;
  await send(url, '/api/v1/setup', { token: setupToken, name: anna[0], password: anna[1] });
  for (;;) {
    const { items } = await read(url, '/api/v1/registries');
    if (items[0].reconciledAt !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const before = await memoryOf(pid, 'VmRSS');
  const browser = await chromium.launch({
    executablePath: findProgram('chromium') ?? 'chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  const page = await (await browser.newContext({ baseURL: url })).newPage();
  const login = { data: { name: anna[0], password: anna[1] }, headers: { Origin: url } };
  await page.request.post('/api/v1/session', login);
  const inBrowser = async (path: string) => {
    const began = performance.now();
    await page.goto(path, { waitUntil: 'commit' });
    await page.waitForSelector('tbody tr');
    return performance.now() - began;
  };
  const byService = async (path: string) => {
    const began = performance.now();
    await read(url, path);
    return performance.now() - began;
  };
  const results: ListingResult[] = [];
  const byRegistry = (load: Omit<ListingLoad, 'realm' | 'registry' | 'basic'>) => async () => {
    const task: ListingLoad = { ...load, realm: `${url}/token`, registry: `http://${registry}`, basic };
    const program = fileURLToPath(new URL('../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));
    const listing = fileURLToPath(new URL('page-listing.ts', import.meta.url));
    const { stdout } = await execa(process.execPath, [program, listing, JSON.stringify(task)]);
    const result = JSON.parse(stdout) as ListingResult;
    results.push(result);
    return result.milliseconds;
  };
  const tags = '/api/v1/registries/local/repositories/big%2Fapp/tags?sort=-pushed&limit=100';
  const rows: string[][] = [];
  for (const [what, api, path, load] of [
    ['10,000 tags', tags, '/repositories/local/big%2Fapp', { what: 'tags', repository: 'big/app' }],
    ['1,000 repositories', '/api/v1/repositories?sort=-pushed&limit=100', '/repositories', { what: 'repositories' }],
  ] as const) {
    results.length = 0;
    const [rowsByApi = 0, firstRow = 0, all = 0] = await inTurns([
      () => byService(api),
      () => inBrowser(path),
      byRegistry(load),
    ]);
    const [beside] = results;
    rows.push([
      `${what}: newest 100`,
      `${rowsByApi.toFixed(0)} ms`,
      `${firstRow.toFixed(0)} ms`,
      `${all.toFixed(0)} ms, ${beside?.requests} requests, ${beside?.megabytes} MB`,
      (all / rowsByApi).toFixed(0),
    ]);
    console.error(rows.at(-1)?.join(' | '));
  }
  const after = await memoryOf(pid, 'VmRSS');
  rows.push(['memory of the service, before and after', `${before} MB, ${after} MB`, '', '', '']);
  console.log(table(['what', 'by the service', 'first row in a browser', "by the registry's API", 'ratio'], rows));
  await browser.close();
  await service.end('SIGTERM');
} finally {
  await rm(home, { recursive: true, force: true });
}

/** Runs each several times, one after the other. @returns the median of each */
async function inTurns(works: readonly (() => Promise<number>)[]): Promise<number[]> {
  const figures = works.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, work] of works.entries()) figures[at]?.push(await work());
  }
  return figures.map((each) => each.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN);
}

// biome-ignore lint/suspicious/noExplicitAny: the bench knows what it asked for.
async function read(url: string, path: string): Promise<any> {
  const answer = await fetch(`${url}${path}`, { headers: { Authorization: basic } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return await answer.json();
}

async function send(url: string, path: string, body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

/** Returns megabytes of a process's memory. */
async function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024);
}
