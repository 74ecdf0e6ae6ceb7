import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { installed } from '../test/registry/proxy/start-registry.js';
import type { Load, LoadResult } from './embedded-load.js';
import { type Contender, contenders } from './embedded-servers.js';
import { table } from './table.js';

/*
 * The embedded registry beside Debian's docker-registry on loopback, in one run: large blobs pushed and pulled, small
 * requests, memory. The rounds of both take turns, and the figure is the median of the rounds. The load comes from a
 * process of its own; where that and the registry want more than the machine's cores, both registries meet the same.
 */

if (!installed('docker-registry'))
  throw new Error('docker-registry is not installed (apt-get install docker-registry)');
const large = 512 << 20;
const rounds = 3;
const [theirs, ours] = await contenders();
const rows: string[][] = [];
try {
  await memoryRows('started');

  const pushed = new Map<string, readonly string[]>();
  for (const connections of [1, 4]) {
    const many = connections === 1 ? 'one blob of 512 MiB' : `${connections} blobs of 128 MiB at once`;
    const size = large / connections;
    const push = await compared(async ({ url, name }) => {
      const result = await load({ kind: 'push', url, size, connections });
      pushed.set(name, result.paths);
      return result;
    }, megabytesPerSecond);
    row(`push, ${many}`, 'MB/s', push.rates, 'more', push.cpu);
    const pull = await compared(
      ({ url, name }) => load({ kind: 'pull', url, paths: pushed.get(name) ?? [] }),
      megabytesPerSecond,
    );
    row(`pull, ${many}`, 'MB/s', pull.rates, 'more', pull.cpu);
  }
  await memoryRows('after large blobs');

  const images = await compared(
    ({ url }) => load({ kind: 'images', url, connections: 8, seconds: 3 }),
    requestsPerSecond,
  );
  row('pushes of small images', 'requests/s', images.rates, 'more', images.cpu);
  const paths = new Map<string, { readonly tag: string; readonly digest: string; readonly blob: string }>();
  for (const { name, url } of [theirs, ours]) paths.set(name, await somePaths(url));
  for (const [what, method, part] of [
    ['HEAD of a manifest by tag', 'HEAD', 'tag'],
    ['GET of a manifest by tag', 'GET', 'tag'],
    ['GET of a manifest by digest', 'GET', 'digest'],
    ['HEAD of a blob', 'HEAD', 'blob'],
    ['GET of a blob of 10 kB', 'GET', 'blob'],
  ] as const) {
    for (const connections of [1, 16]) {
      const asked = await compared(
        ({ url, name }) =>
          load({ kind: 'ask', url, method, path: paths.get(name)?.[part] ?? '', connections, seconds: 2 }),
        requestsPerSecond,
      );
      row(`${what}, ${connections} at once`, 'requests/s', asked.rates, 'more', asked.cpu);
    }
  }
  await memoryRows('after all');
} finally {
  await theirs.close();
  await ours.close();
}
console.log(table(['what', 'unit', 'docker-registry', 'provision', 'ratio', 'CPU, theirs', 'CPU, ours'], rows));

async function memoryRows(when: string): Promise<void> {
  const sizes = await Promise.all([theirs, ours].map((registry) => registry.memory()));
  const figures = { 'largest resident memory': 'peak', 'memory of its own': 'own' } as const;
  for (const [what, figure] of Object.entries(figures)) {
    row(
      `${what}, ${when}`,
      'MB',
      sizes.map((size) => size[figure]),
      'less',
    );
  }
}

interface Compared {
  /** Theirs, ours. */
  readonly rates: readonly number[];
  readonly cpu: readonly number[];
}

/** Takes turns, so that what else the machine does meets both. */
async function compared(
  work: (registry: Contender) => Promise<LoadResult>,
  rate: (result: LoadResult) => number,
): Promise<Compared> {
  const rates: [number[], number[]] = [[], []];
  const cpu = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, registry] of [theirs, ours].entries()) {
      const before = await registry.cpu();
      rates[at]?.push(rate(await work(registry)));
      cpu[at] = (cpu[at] ?? 0) + (await registry.cpu()) - before;
    }
  }
  return { rates: rates.map(median), cpu };
}

async function load(task: Load): Promise<LoadResult> {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const { stdout } = await execa(process.execPath, [
    path('../node_modules/jiti/lib/jiti-cli.mjs'),
    path('embedded-load.ts'),
    JSON.stringify(task),
  ]);
  return JSON.parse(stdout) as LoadResult;
}

async function somePaths(url: string): Promise<{ tag: string; digest: string; blob: string }> {
  const name = `${url}/v2/bench/small`;
  const { tags } = (await (await fetch(`${name}/tags/list`)).json()) as { tags: string[] };
  const tag = [...tags].sort()[0] ?? '';
  const headers = { accept: 'application/vnd.oci.image.manifest.v1+json' };
  const reply = await fetch(`${name}/manifests/${tag}`, { headers });
  const { layers } = (await reply.json()) as { layers: { digest: string }[] };
  return {
    tag: `/v2/bench/small/manifests/${tag}`,
    digest: `/v2/bench/small/manifests/${reply.headers.get('docker-content-digest')}`,
    blob: `/v2/bench/small/blobs/${layers[0]?.digest}`,
  };
}

/** The ratio is how many times better ours is, whichever way is better. */
function row(
  what: string,
  unit: string,
  [theirs = Number.NaN, ours = Number.NaN]: readonly number[],
  better: 'more' | 'less',
  cpu: readonly number[] = [],
): void {
  const ratio = better === 'more' ? ours / theirs : theirs / ours;
  rows.push([
    what,
    unit,
    theirs.toFixed(0),
    ours.toFixed(0),
    ratio.toFixed(2),
    ...[0, 1].map((at) => seconds(cpu[at])),
  ]);
  console.error(rows.at(-1)?.join(' | '));
}

function seconds(cpu: number | undefined): string {
  return cpu === undefined ? '' : `${cpu.toFixed(2)} s`;
}

function megabytesPerSecond({ bytes, seconds }: LoadResult): number {
  return bytes / 1e6 / seconds;
}

function requestsPerSecond({ requests, seconds }: LoadResult): number {
  return requests / seconds;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
