import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Digest, digestOf } from '../../../src/registry/digest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';
import { ending, Repository } from '../conformance/repository.js';
import type { RunningMain } from './run-main.js';

/** Options of {@link chaos}. */
export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: string;
  /** Starts the registry on the same folder: with deletes and a grace time of a second. */
  readonly start: () => Promise<RunningMain>;
}

/** Counts of what happened. */
export interface ChaosCounts {
  pushed: number;
  /** Pushes of a manifest that were refused, since a blob had been collected meanwhile. */
  refused: number;
  deleted: number;
  kills: number;
  collections: number;
  tagsCollected: number;
  blobsCollected: number;
  manifestsCollected: number;
  /** Images that were read from end to end. */
  read: number;
  readonly lost: string[];
}

interface PushedImage {
  readonly name: string;
  readonly tag: string;
  readonly digest: Digest;
}

const repositories = ['chaos/a', 'chaos/b', 'chaos/c'];
const layers = Array.from({ length: 30 }, (_, at) => `layer ${at} `.repeat(200 + at * 50));
/** Images beyond which the oldest are deleted. */
const mostImages = 60;

/**
 * Pushes, deletes, collects and kills a registry, all at once. What was acknowledged and not deleted is read after each kill.
 */
export async function chaos({ seconds, seed, start }: ChaosOptions): Promise<ChaosCounts> {
  const counts: ChaosCounts = {
    ...{ pushed: 0, refused: 0, deleted: 0, kills: 0, collections: 0 },
    ...{ tagsCollected: 0, blobsCollected: 0, manifestsCollected: 0, read: 0, lost: [] },
  };
  const images: PushedImage[] = [];
  const random = seeded(seed);
  const until = performance.now() + seconds * 1000;
  for (let round = 0; performance.now() < until; round += 1) {
    const running = await start();
    await readAll(running.url, images, counts);
    const lanes = [
      ...[0, 1, 2].map((lane) => pushLane(running, `${round}-${lane}`, images, counts, random)),
      deleteLane(running, images, counts, random),
      collectLane(running, counts, random),
    ];
    const all = Promise.all(lanes.map((lane) => lane.catch((error: unknown) => rethrowUnlessKilled(error, running))));
    all.catch(() => {}); // It is awaited below.
    await pause(Math.min(500 + random() * 5000, Math.max(0, until - performance.now())));
    await running.end('SIGKILL');
    counts.kills += 1;
    await all;
  }
  const running = await start();
  try {
    await readAll(running.url, images, counts);
    await collectOnce(running, counts, true, true);
    await readAll(running.url, images, counts);
  } finally {
    await running.end('SIGTERM');
  }
  return counts;
}

function rethrowUnlessKilled(error: unknown, { child }: RunningMain): void {
  if (child.signalCode === null && child.exitCode === null && !child.killed) throw error;
}

/** The same numbers from 0 to 1 for the same seed. */
function seeded(seed: string): () => number {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha256').update(`${seed} ${count}`).digest().readUInt32BE(0) / 2 ** 32;
  };
}

async function pushLane(
  { url, child }: RunningMain,
  lane: string,
  images: PushedImage[],
  counts: ChaosCounts,
  random: () => number,
): Promise<void> {
  for (let count = 0; !child.killed; count += 1) {
    const name = repositories[Math.floor(random() * repositories.length)] ?? '';
    const repository = new Repository(url, name);
    const dropped = random() < 0.15; // By rules of retention, at any moment.
    const tag = `${dropped ? 'drop' : 't'}${lane}-${count}`;
    const kind = random();
    const first = await pushImage(repository, tag, random, kind < 0.6 ? tag : undefined, undefined);
    let done = first;
    if (first !== undefined && kind >= 0.6 && kind < 0.85) done = await pushIndexOf(repository, [first], tag, random);
    if (first !== undefined && kind >= 0.85) {
      await pushImage(repository, `${tag}-about`, random, undefined, first);
      done = await pushIndexOf(repository, [first], undefined, random);
      if (done !== undefined) done = await pushIndexOf(repository, [done], tag, random); // Nested.
    }
    if (done === undefined) counts.refused += 1;
    else if (!dropped) {
      counts.pushed += 1;
      images.push({ name, tag, digest: done });
    }
  }
}

/** Pushes an image as clients do: blobs that are there are not sent. Undefined where its manifest was refused. */
async function pushImage(
  repository: Repository,
  id: string,
  random: () => number,
  tag: string | undefined,
  subject: Digest | undefined,
): Promise<Digest | undefined> {
  const chosen = Array.from({ length: 3 }, () => layers[Math.floor(random() * layers.length)] ?? '');
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', id });
  const descriptors = [];
  for (const [at, content] of [config, ...chosen].entries()) {
    const digest = await offerBlob(repository, content, random);
    const mediaType = at === 0 ? mediaTypes.ociConfig : mediaTypes.ociLayer;
    descriptors.push({ mediaType, digest, size: Buffer.byteLength(content) });
  }
  const [first, ...rest] = descriptors;
  const fields = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: first, layers: rest };
  const about =
    subject === undefined ? {} : { subject: { mediaType: mediaTypes.ociManifest, digest: subject, size: 1 } };
  return await offerManifest(repository, { ...fields, ...about }, tag);
}

async function pushIndexOf(
  repository: Repository,
  children: readonly Digest[],
  tag: string | undefined,
  random: () => number,
): Promise<Digest | undefined> {
  if (random() < 0.3) await pause(random() * 1500); // Slow clients, about as slow as the grace time is long.
  const manifests = children.map((digest) => ({ mediaType: mediaTypes.ociManifest, digest, size: 1 }));
  return await offerManifest(repository, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }, tag);
}

async function offerBlob(repository: Repository, content: string, random: () => number): Promise<Digest> {
  const digest = digestOf(Buffer.from(content));
  if ((await repository.ask('HEAD', `blobs/${digest}`)).status === 200) return digest;
  if (random() < 0.5) {
    const from = random() < 0.5 ? '' : `&from=${repositories[Math.floor(random() * repositories.length)]}`;
    const mounted = await repository.ask('POST', `blobs/uploads/?mount=${digest}${from}`, { body: '' });
    if (mounted.status === 201) return digest;
  }
  const upload = await repository.begin();
  const ended = await repository.ask('PUT', ending(upload, digest), { body: content });
  if (ended.status !== 201) throw new Error(`PUT of a blob: ${ended.status} ${ended.body}`);
  return digest;
}

async function offerManifest(
  repository: Repository,
  manifest: { readonly mediaType: string; readonly [field: string]: unknown },
  tag: string | undefined,
): Promise<Digest | undefined> {
  const body = Buffer.from(JSON.stringify(manifest));
  const digest = digestOf(body);
  const headers = { 'Content-Type': manifest.mediaType };
  const reply = await repository.ask('PUT', `manifests/${tag ?? digest}`, { body, headers });
  if (reply.status === 201) return digest;
  if (reply.status === 400 && reply.body.toString().includes('MANIFEST_BLOB_UNKNOWN')) return undefined;
  throw new Error(`PUT of a manifest: ${reply.status} ${reply.body}`);
}

async function deleteLane(
  { url, child }: RunningMain,
  images: PushedImage[],
  counts: ChaosCounts,
  random: () => number,
): Promise<void> {
  while (!child.killed) {
    if (images.length <= mostImages) {
      await pause(20);
      continue;
    }
    // Forgotten before it is asked for: if the registry is killed meanwhile, it may be there or not.
    const [image] = images.splice(Math.floor(random() * images.length), 1);
    if (image === undefined) continue;
    const { name, tag, digest } = image;
    const reply = await new Repository(url, name).ask('DELETE', `manifests/${random() < 0.5 ? tag : digest}`);
    if (reply.status !== 202) counts.lost.push(`${name}:${tag}: DELETE ${reply.status}`);
    counts.deleted += 1;
  }
}

async function collectLane(running: RunningMain, counts: ChaosCounts, random: () => number): Promise<void> {
  while (!running.child.killed) {
    await collectOnce(running, counts, random() < 0.7, random() < 0.5);
  }
}

async function collectOnce(
  { url }: RunningMain,
  counts: ChaosCounts,
  deleteUntagged: boolean,
  retains: boolean,
): Promise<void> {
  const reply = await new Repository(url, 'any').ask('POST', '/_provision/gc', {
    body: JSON.stringify({ deleteUntagged, ...(retains ? { retain: { deny: ['drop*'], allowEmpty: true } } : {}) }),
    headers: { 'Content-Type': 'application/json' },
  });
  const { report, error } = JSON.parse(reply.body.toString()) as {
    report?: { tags: number; blobs: number; manifests: number };
    error?: string;
  };
  if (reply.status !== 200 || report === undefined)
    throw new Error(`a collection: ${reply.status} ${error ?? reply.body}`);
  counts.collections += 1;
  counts.tagsCollected += report.tags;
  counts.blobsCollected += report.blobs;
  counts.manifestsCollected += report.manifests;
}

/** Reads all that should be there. A GET is no use that keeps content: only what manifests lead to stays. */
async function readAll(url: string, images: readonly PushedImage[], counts: ChaosCounts): Promise<void> {
  for (const { name, tag, digest } of images) {
    const repository = new Repository(url, name);
    const found = await repository.ask('GET', `manifests/${tag}`);
    const why =
      found.headers['docker-content-digest'] === digest
        ? await readManifest(repository, digest)
        : `the tag is ${found.status} ${found.headers['docker-content-digest']}`;
    if (why !== undefined) counts.lost.push(`${name}:${tag}: ${why}`);
    counts.read += 1;
  }
}

async function readManifest(repository: Repository, digest: Digest): Promise<string | undefined> {
  const reply = await repository.ask('GET', `manifests/${digest}`);
  if (reply.status !== 200 || digestOf(reply.body) !== digest) return `GET ${digest}: ${reply.status}`;
  const {
    config,
    layers: parts = [],
    manifests = [],
  } = JSON.parse(reply.body.toString()) as {
    config?: { digest: Digest };
    layers?: { digest: Digest }[];
    manifests?: { digest: Digest }[];
  };
  for (const child of manifests) {
    const why = await readManifest(repository, child.digest);
    if (why !== undefined) return why;
  }
  for (const blob of [...(config === undefined ? [] : [config]), ...parts]) {
    const got = await repository.ask('GET', `blobs/${blob.digest}`);
    if (got.status !== 200 || digestOf(got.body) !== blob.digest) return `GET blob ${blob.digest}: ${got.status}`;
  }
  return undefined;
}
