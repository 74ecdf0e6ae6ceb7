import { createHash } from 'node:crypto';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, hexOf } from '../src/registry/digest.js';
import { mediaTypes } from '../src/registry/media-types.js';
import { noiseStream } from '../test/registry/proxy/seeded.js';

/** Images of a layout that a bench publishes: layers by the seeds of their noise. */
export interface BenchImage {
  readonly tag: string;
  readonly layers: readonly { readonly seed: string; readonly bytes: number }[];
}

const piece = 1 << 20;

/** Writes an OCI layout of images of noise, which nothing packs. @returns the bytes of its blobs */
export async function writeBenchLayout(folder: string, images: readonly BenchImage[]): Promise<number> {
  const blobs = join(folder, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  let bytes = 0;
  const add = async (mediaType: string, value: unknown) => {
    const text = Buffer.from(JSON.stringify(value));
    const digest = digestOf(text);
    await writeFile(join(blobs, hexOf(digest)), text);
    bytes += text.length;
    return { mediaType, digest, size: text.length };
  };
  const manifests = [];
  for (const { tag, layers } of images) {
    const described = [];
    for (const { seed, bytes: size } of layers) {
      const digest = await writeNoise(blobs, seed, size);
      described.push({ mediaType: mediaTypes.ociLayer, digest, size });
      bytes += size;
    }
    const rootfs = { type: 'layers', diff_ids: described.map(({ digest }) => digest) };
    const config = await add(mediaTypes.ociConfig, { os: 'linux', architecture: 'amd64', rootfs });
    const body = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: described };
    const annotations = { 'org.opencontainers.image.ref.name': `bench/image:${tag}` };
    manifests.push({ ...(await add(mediaTypes.ociManifest, body)), annotations });
  }
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return bytes;
}

async function writeNoise(folder: string, seed: string, size: number): Promise<string> {
  const next = noiseStream(seed);
  const hash = createHash('sha256');
  const path = join(folder, 'new');
  const file = await open(path, 'w');
  try {
    for (let at = 0; at < size; at += piece) {
      const bytes = next(Math.min(piece, size - at));
      hash.update(bytes);
      await file.write(bytes);
    }
  } finally {
    await file.close();
  }
  const hex = hash.digest('hex');
  await rename(path, join(folder, hex));
  return `sha256:${hex}`;
}
