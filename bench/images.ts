import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { digestOf, parseDigest } from '../src/registry/digest.js';
import { mediaTypes } from '../src/registry/media-types.js';
import { skopeoSyncCommand, syncCommand } from '../test/registry/images/sync-command.js';
import { benchSet, benchSize } from '../test/registry/proxy/bench-set.js';
import { type RequestFloor, requestFloor } from '../test/registry/proxy/floor.js';
import { ImageSetMaker } from '../test/registry/proxy/image-set.js';
import { populate, put, upload } from '../test/registry/proxy/populate.js';
import { differences } from '../test/registry/proxy/read-back.js';
import { noiseStream } from '../test/registry/proxy/seeded.js';
import { installed } from '../test/registry/proxy/start-registry.js';
import { median, type Run, requestsText, run } from './images-run.js';
import { type Stage, stageFor } from './images-stage.js';
import { table } from './table.js';

/*
 * The same images copied from one registry to another by Debian's skopeo and by provision, with nothing there and with
 * nothing to do, near and far. Both registries are Debian's docker-registry behind a proxy that counts, wants a token and,
 * for the far case, waits 25 ms before each request. Whole processes are measured; the floor is what the protocol needs.
 */

for (const program of ['docker-registry', 'skopeo'] as const) {
  if (!installed(program)) throw new Error(`${program} is not installed (apt-get install docker-registry skopeo time)`);
}
const far = 25;
const set = benchSet(benchSize);
const floor = requestFloor(set);
const stage: Stage = await stageFor(set);
const rows: string[][] = [];
try {
  await populate(stage.source.registry.url, set);
  const skopeo = skopeoSyncCommand(stage.skopeoList, stage.target.proxy.host);
  const ours = syncCommand(stage.ourList, stage.source.proxy.url, stage.target.proxy.url);
  const bare = [...ours, '--verify', 'none'];
  for (const delayMs of [far, 0]) {
    const where = delayMs === 0 ? 'no delay' : `${delayMs} ms`;
    const theirs = { cold: await cold(skopeo, delayMs, 1), same: await unchanged(skopeo, delayMs, 1) };
    const verified = await cold(ours, delayMs, 3);
    const once = [...ours, '--attachments', 'once'];
    const own = { cold: await cold(bare, delayMs, 3), same: await unchanged(ours, delayMs, 5) };
    const fewer = await unchanged(once, delayMs, 5);
    rows.push(
      ...compared(`cold, ${where}`, theirs.cold, own.cold, floor.coldSource + 2, floor.coldTarget + 2),
      ...compared(`cold and verified, ${where}`, theirs.cold, verified, undefined, undefined),
      ...compared(`no change, ${where}`, theirs.same, own.same, undefined, undefined),
      ...compared(
        `no change, attachments once, ${where}`,
        theirs.same,
        fewer,
        floor.unchanged + 2,
        floor.unchanged + 2,
      ),
    );
  }
} finally {
  await stage.close();
}
rows.push(...(await oneLargeBlob()));
console.log(floorText(floor));
console.log(table(['what', 'figure', 'skopeo', 'provision', 'ratio', 'floor'], rows));

async function cold(command: readonly string[], delayMs: number, times: number): Promise<Run> {
  const runs: Run[] = [];
  for (let time = 0; time < times; time += 1) {
    await stage.target.registry.empty();
    runs.push(told(`cold, ${delayMs} ms`, command, await run(stage, command, delayMs)));
    const missing = await differences(stage.target.registry.url, set);
    if (missing.length > 0) throw new Error(`after ${command.join(' ')}: ${JSON.stringify(missing[0])}`);
  }
  return median(runs);
}

async function unchanged(command: readonly string[], delayMs: number, times: number): Promise<Run> {
  const runs: Run[] = [];
  for (let time = 0; time < times; time += 1) {
    runs.push(told(`no change, ${delayMs} ms`, command, await run(stage, command, delayMs)));
  }
  return median(runs);
}

/** An image with a layer of 1 GiB: what memory it takes, and how fast the bytes go. */
async function oneLargeBlob(): Promise<string[][]> {
  const size = 2 ** 30;
  const repository = 'large';
  const pieces = function* () {
    const next = noiseStream('large');
    yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    for (let at = 10; at < size; at += 2 ** 20) yield next(Math.min(2 ** 20, size - at));
  };
  const hash = createHash('sha256');
  for (const piece of pieces()) hash.update(piece);
  const layer = { mediaType: mediaTypes.dockerLayerGzip, size, digest: parseDigest(`sha256:${hash.digest('hex')}`) };
  const configBytes = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [layer.digest] } }),
  );
  const config = { mediaType: mediaTypes.dockerConfig, size: configBytes.length, digest: digestOf(configBytes) };
  const body = { schemaVersion: 2, mediaType: mediaTypes.dockerManifest, config, layers: [layer] };
  const large = new ImageSetMaker();
  const place = await stageFor(large);
  const agent = new Agent({ keepAlive: true });
  try {
    const { url } = place.source.registry;
    await upload(agent, url, repository, layer.digest, { size, pieces });
    await upload(agent, url, repository, config.digest, configBytes);
    await put(agent, url, repository, 'v1', mediaTypes.dockerManifest, Buffer.from(JSON.stringify(body)));
    await writeFile(place.ourList, `- ${repository}:v1\n`);
    const list = join(place.folder, 'large.yaml');
    await writeFile(list, `${place.source.proxy.host}:\n  tls-verify: false\n  images:\n    ${repository}: [v1]\n`);
    const theirs = await run(place, skopeoSyncCommand(list, place.target.proxy.host), 0);
    await place.target.registry.empty();
    const ours = await run(place, syncCommand(place.ourList, place.source.proxy.url, place.target.proxy.url), 0);
    return [process_('1 GiB blob', theirs, ours)].flat();
  } finally {
    agent.destroy();
    await place.close();
  }
}

function compared(what: string, theirs: Run, ours: Run, source: number | undefined, target: number | undefined) {
  const counts = (figure: string, pick: (run: Run) => number, least: number | undefined) => [
    what,
    figure,
    String(pick(theirs)),
    String(pick(ours)),
    (pick(theirs) / pick(ours)).toFixed(1),
    least === undefined ? '' : String(least),
  ];
  return [
    counts('requests to the source', (run) => run.source.total, source),
    counts('requests to the target', (run) => run.target.total, target),
    counts('connections to the source', (run) => run.source.connections, undefined),
    counts('connections to the target', (run) => run.target.connections, undefined),
    ...process_(what, theirs, ours),
  ];
}

function process_(what: string, theirs: Run, ours: Run): string[][] {
  const row = (figure: string, unit: string, pick: (run: Run) => number) => [
    what,
    figure,
    `${pick(theirs).toFixed(2)} ${unit}`,
    `${pick(ours).toFixed(2)} ${unit}`,
    (pick(theirs) / pick(ours)).toFixed(1),
    '',
  ];
  return [
    row('time', 's', ({ seconds }) => seconds),
    row('CPU', 's', ({ cpu }) => cpu),
    row('memory', 'MB', ({ memory }) => memory),
  ];
}

function told(what: string, command: readonly string[], measured: Run): Run {
  const { seconds, cpu, memory, source, target } = measured;
  const tool = command[0] === 'skopeo' ? 'skopeo' : 'provision';
  console.log(
    `${tool}, ${what}: ${seconds} s, ${cpu.toFixed(2)} s CPU, ${memory.toFixed(0)} MB; connections ${source.connections} and ${target.connections}`,
  );
  console.log(`  source ${requestsText(source)}\n  target ${requestsText(target)}`);
  return measured;
}

function floorText({ manifests, blobs, mounts }: RequestFloor): string {
  return `${set.repositories.size} images, ${manifests} manifests, ${blobs} blobs, ${mounts} mounts; the floor has a ping and a token a registry in it`;
}
