import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/publish/stores/object-store.js';
import { connectS3 } from '../../src/publish/stores/s3-connection.js';
import type { S3Settings } from '../../src/publish/stores/s3-settings.js';
import { s3Store } from '../../src/publish/stores/s3-store.js';
import { blobsIn, rawManifest, readManifest } from '../../src/registry/manifest.js';
import { mediaTypes } from '../../src/registry/media-types.js';
import { startProvision } from '../kit/provision.js';
import { seeded } from '../kit/random.js';
import { json, refName } from '../registry/archives/make-image.js';
import { gateway, gatewayEnvironment, keysOf, newBucket } from './bucket-kit.js';
import { publishReport } from './published-kit.js';

const seed = Number(process.env.PROVISION_SEED ?? 20261202);
const random = seeded(seed);

let folder: string;
let settings: S3Settings;
let store: ObjectStore;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-kills-'));
  settings = await newBucket();
  store = await s3Store(settings);
  writeLayout();
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes an OCI layout of two tags: small layers, and one of 100 MiB that is sent in parts. */
function writeLayout(): void {
  const add = (mediaType: string, bytes: Buffer) => {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const path = join(folder, 'layout/blobs', digest.replace(':', '/'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const layer = (size: number) => {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at += 4096) bytes.writeDoubleLE(random(), at);
    return add(mediaTypes.ociLayer, bytes);
  };
  const image = (sizes: readonly number[]) => {
    const config = add(mediaTypes.ociConfig, json({ os: 'linux', architecture: 'amd64', random: random() }));
    const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: sizes.map(layer) };
    return add(mediaTypes.ociManifest, json(manifest));
  };
  const mebibyte = 1 << 20;
  const large = image([100 * mebibyte, 5 * mebibyte]);
  const small = Array.from({ length: 8 }, () => image([mebibyte, 2 * mebibyte]));
  const index = add(
    mediaTypes.ociIndex,
    json({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [large, ...small] }),
  );
  const manifests = [
    { ...index, annotations: refName('app:all') },
    ...small.map((each, at) => ({ ...each, annotations: refName(`app:small-${at}`) })),
  ];
  writeFileSync(join(folder, 'layout/index.json'), json({ schemaVersion: 2, manifests }));
  writeFileSync(join(folder, 'layout/oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
}

/** Lists what is named and not there: empty, whenever a publisher ended. */
async function half(app: string): Promise<string[]> {
  const prefix = `v2/${app}/`;
  const keys = new Set(await keysOf(store, prefix));
  const missing: string[] = [];
  const need = (key: string, by: string) => {
    if (!keys.has(key)) missing.push(`${key}, named by ${by}`);
  };
  const read = async (key: string) => (await store.read(key, 1 << 20)) ?? Buffer.from('{}');
  for (const key of keys) {
    if (!key.startsWith(`${prefix}manifests/`)) continue;
    const manifest = readManifest(rawManifest(await read(key)), key);
    for (const { digest } of blobsIn(manifest)) need(`${prefix}blobs/${digest}`, key);
    if (manifest.kind === 'index')
      for (const { digest } of manifest.manifests) need(`${prefix}manifests/${digest}`, key);
  }
  if (keys.has(`${prefix}tags/list`))
    for (const tag of JSON.parse((await read(`${prefix}tags/list`)).toString()).tags)
      need(`${prefix}manifests/${tag}`, 'tags/list');
  const { repositories = [] } = JSON.parse((await read('v2/_catalog')).toString());
  if (repositories.includes(app)) need(`${prefix}tags/list`, '_catalog');
  return missing;
}

/** Counts the bytes that are there for an application: of whole objects, and of parts of unfinished ones. */
async function bytesThere(app: string): Promise<number> {
  let bytes = 0;
  for await (const { size } of store.list(`v2/${app}/`)) bytes += size;
  const { client, sdk, bucket } = await connectS3(settings);
  const { Uploads = [] } = await client.send(
    new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: `v2/${app}/` }),
  );
  for (const { Key, UploadId } of Uploads) {
    const { Parts = [] } = await client.send(new sdk.ListPartsCommand({ Bucket: bucket, Key, UploadId }));
    for (const { Size = 0 } of Parts) bytes += Size;
  }
  client.destroy();
  return bytes;
}

/** Starts a way to the gateway that calls back once so many bytes have gone there. */
async function countingWay(bytes: number, reached: () => void): Promise<{ endpoint: string; close(): Promise<void> }> {
  const target = new URL(gateway().endpoint);
  let sent = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(Number(target.port), target.hostname);
    for (const each of [socket, onward]) sockets.add(each.on('error', () => {}));
    socket.on('data', (chunk) => {
      if (sent < bytes && sent + chunk.length >= bytes) reached();
      sent += chunk.length;
    });
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

it('killed at any moment nothing that is there is half, and what was sent is not sent again', async () => {
  const layout = join(folder, 'layout');
  const whole = await publishReport([settings.bucket, 'whole', layout]);
  const amounts: string[] = [];
  for (let kill = 0; kill < 10; kill += 1) {
    const app = `killed-${kill}`;
    let isKilled = false;
    // Manifests, tags and lists are in the last thousandths: half of the kills are among them.
    const share = kill % 2 === 0 ? random() : 0.9995 + random() * 0.0008;
    const way = await countingWay(whole.traffic.bytes * share, () => {
      isKilled = true;
      child.kill('SIGKILL');
    });
    const words = ['publish', settings.bucket, app, layout, '--endpoint', way.endpoint];
    const child = startProvision(words, { env: gatewayEnvironment() });
    await child.ended;
    await way.close();
    await pause(300); // A request that was sent whole is still worked on.
    const title = `seed ${seed}, kill ${kill} at ${share}`;
    expect(isKilled, title).toBe(true);
    expect(await half(app), title).toEqual([]);
    const keys = await keysOf(store, `v2/${app}/`);
    const there = await bytesThere(app);
    const again = await publishReport([settings.bucket, app, layout]);
    amounts.push(`${keys.length} objects of ${there} bytes there, ${again.traffic.bytes} bytes sent`);
    // Lists of tags and repositories grow with each.
    expect(Math.abs(again.traffic.bytes - (whole.traffic.bytes - there)), `${title}: ${amounts.at(-1)}`).toBeLessThan(
      1000,
    );
    expect(await half(app)).toEqual([]);
    expect((await keysOf(store, `v2/${app}/`)).length).toBe((await keysOf(store, 'v2/whole/')).length);
  }
  expect(new Set(amounts).size, amounts.join('\n')).toBeGreaterThanOrEqual(8);
});
