/*
 * The same bytes to the same kind of bucket, Ceph's gateway on loopback, by `provision publish` in two layouts, by Debian's
 * `aws s3 sync` and by `s3cmd sync`: an image with one layer of a gibibyte, and 20 images with 10 layers of half a mebibyte.
 * Whole commands in turns, each turn with a gateway of its own. Then what each asks of the bucket: at first, again with
 * nothing to do, and with one layer changed. Requests are counted in the gateway's log.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchImage, writeBenchLayout } from './publish-layout.js';
import { type PublishRun, publishStage } from './publish-stage.js';
import { table } from './table.js';

const bucket = 'bench-images';
const turns = Number(process.argv[3] ?? 3);

/** Commands that store a layout in a bucket. The folder of the layout is the last word but for options. */
const ways: Readonly<Record<string, (layout: string, endpoint: string) => readonly string[]>> = {
  'provision, static': (layout, endpoint) => provision('static', layout, endpoint),
  'provision, pulp': (layout, endpoint) => provision('pulp', layout, endpoint),
  aws: (layout, endpoint) => [...aws(endpoint), 'sync', '--only-show-errors', layout, `s3://${bucket}/layout`],
  s3cmd: (layout, endpoint) => [...s3cmd(endpoint), 'sync', '--quiet', `${layout}/`, `s3://${bucket}/layout/`],
};

const small = (changed = false): BenchImage[] =>
  Array.from({ length: 20 }, (_image, at) => ({
    tag: `${at}`,
    layers: Array.from({ length: 10 }, (_layer, layer) => ({
      seed: changed && at === 0 && layer === 0 ? 'changed' : `${at} ${layer}`,
      bytes: 1 << 19,
    })),
  }));

const folder = await mkdtemp(join(tmpdir(), 'provision-bench-publish-'));
try {
  const at = (name: string) => join(folder, name);
  const large = await writeBenchLayout(at('large'), [{ tag: '1', layers: [{ seed: 'large', bytes: 2 ** 30 }] }]);
  const many = await writeBenchLayout(at('small'), small());
  await writeBenchLayout(at('changed'), small(true));
  console.log(await timed('1 GiB layer', at('large'), large));
  console.log(await timed('200 layers of 0.5 MiB', at('small'), many));
  console.log(await counted(at('small'), at('changed')));
} finally {
  await rm(folder, { recursive: true });
}

async function timed(what: string, layout: string, bytes: number): Promise<string> {
  const runs = new Map<string, PublishRun[]>();
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [name, command] of Object.entries(ways)) {
      const stage = await publishStage();
      try {
        await makeBucket(stage);
        const run = await stage.run(command(layout, stage.endpoint));
        console.error(`${what}, ${name}: ${run.seconds} s, ${run.largest.toFixed(1)} MB`);
        runs.set(name, [...(runs.get(name) ?? []), run]);
      } finally {
        await stage.close();
      }
    }
  }
  const base = median(runs.get('aws') ?? []).seconds;
  const rows = [...runs].map(([name, each]) => {
    const { seconds, cpu } = median(each);
    const largest = Math.max(...each.map((run) => run.largest));
    const tree = Math.max(...each.map((run) => run.tree));
    return [
      ...[what, name, `${seconds.toFixed(2)} s`, `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`],
      ...[(base / seconds).toFixed(2), `${cpu.toFixed(2)} s`, `${largest.toFixed(0)} MB`, `${tree.toFixed(0)} MB`],
    ];
  });
  return table(['what', 'by', 'time', 'throughput', 'aws / it', 'CPU', 'largest process', 'all processes'], rows);
}

async function counted(layout: string, changed: string): Promise<string> {
  const rows: string[][] = [];
  for (const [name, command] of Object.entries(ways)) {
    const stage = await publishStage();
    try {
      await makeBucket(stage);
      const runs = [];
      for (const each of [layout, layout, changed]) runs.push(await stage.run(command(each, stage.endpoint)));
      rows.push([
        name,
        ...runs.map(({ requests }) => `${requests}`),
        ...runs.slice(1).map(({ seconds }) => `${seconds.toFixed(2)} s`),
      ]);
      for (const { requests, stdout } of runs) requireOwnCount(name, requests, stdout);
    } finally {
      await stage.close();
    }
  }
  return table(['by', 'first', 'again', 'one layer changed', 'time, again', 'time, changed'], rows);
}

/** Refuses a count of the gateway that is not the one that the command itself reports. */
function requireOwnCount(name: string, requests: number, stdout: string): void {
  if (!name.startsWith('provision')) return;
  const own: unknown = JSON.parse(stdout).traffic.requests;
  if (own !== requests) throw new Error(`${name} says that it made ${own} requests, and the gateway noted ${requests}`);
}

async function makeBucket(stage: Awaited<ReturnType<typeof publishStage>>): Promise<void> {
  await stage.run([...aws(stage.endpoint), 'mb', `s3://${bucket}`]);
}

function provision(layout: string, from: string, endpoint: string): readonly string[] {
  const words = ['publish', bucket, 'bench', from, '--layout', layout, '--endpoint', endpoint, '--json'];
  return ['node', 'dist/src/cli/main.js', ...words];
}

/** Returns Debian's, whatever Python's packages put before it. */
function aws(endpoint: string): readonly string[] {
  return ['/usr/bin/aws', '--endpoint-url', endpoint, 's3'];
}

function s3cmd(endpoint: string): readonly string[] {
  const host = new URL(endpoint).host;
  return ['/usr/bin/s3cmd', '-c', '/dev/null', '--no-ssl', `--host=${host}`, `--host-bucket=${host}`];
}

function median(runs: readonly PublishRun[]): PublishRun {
  const middle = [...runs].sort((a, b) => a.seconds - b.seconds)[Math.floor(runs.length / 2)];
  if (middle === undefined) throw new Error('there was no turn');
  return middle;
}
