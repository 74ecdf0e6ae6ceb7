import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mediaTypes } from '../../src/registry/media-types.js';
import { provision } from '../kit/provision.js';
import { json, refName } from '../registry/archives/make-image.js';
import { gateway, gatewayEnvironment, newBucket } from './bucket-kit.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'publish-memory-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gibibyte = 2 ** 30;

/** Writes an OCI layout with one layer of zeros, which takes no room on the disk. */
function writeLayout(size: number): void {
  const blobs = join(folder, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const add = (mediaType: string, bytes: Buffer) => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(blobs, hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const hash = createHash('sha256');
  const zeros = Buffer.alloc(1 << 20);
  for (let at = 0; at < size; at += zeros.length) hash.update(zeros);
  const hex = hash.digest('hex');
  writeFileSync(join(blobs, hex), '');
  truncateSync(join(blobs, hex), size);
  const config = add(mediaTypes.ociConfig, json({ os: 'linux', architecture: 'amd64' }));
  const layers = [{ mediaType: mediaTypes.ociLayer, digest: `sha256:${hex}`, size }];
  const manifest = add(
    mediaTypes.ociManifest,
    json({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers }),
  );
  const manifests = [{ ...manifest, annotations: refName('large:1.0') }];
  writeFileSync(join(folder, 'index.json'), json({ schemaVersion: 2, manifests }));
  writeFileSync(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
}

it('a layer of a gibibyte is published in less than 150 MB of memory', async () => {
  writeLayout(gibibyte);
  const { bucket } = await newBucket();
  const preload = fileURLToPath(new URL('note-memory.mjs', import.meta.url));
  const noted = join(folder, 'noted');
  const { status, stderr } = await provision(['publish', bucket, 'large', folder, '--endpoint', gateway().endpoint], {
    env: { ...gatewayEnvironment(), NODE_OPTIONS: `--import ${preload}`, NOTED_MEMORY: noted },
  });
  expect([status, stderr]).toEqual([0, expect.stringContaining('stored')]);
  const megabytes = (Number(readFileSync(noted, 'utf8')) * 1024) / 1e6;
  expect(megabytes).toBeLessThan(150);
});
