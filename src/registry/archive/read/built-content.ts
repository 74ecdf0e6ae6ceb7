import { Readable } from 'node:stream';
import { type Digest, digestOf } from '../../digest.js';
import { type RawManifest, rawManifest } from '../../manifest.js';
import { mediaTypes } from '../../media-types.js';
import { RegistryError } from '../../registry-error.js';
import type { FileTree } from '../trees/file-tree.js';
import { gzipLayer } from '../trees/gzip-layer.js';
import type { ArchiveLimits } from '../trees/limits.js';
import { chunksFrom } from '../trees/packed-layer.js';
import type { ArchiveContent, ArchivedImage, BlobPlace } from './archive-content.js';
import { readEngineName } from './image-name.js';
import { type MeasuredLayer, measureLayer } from './measure-layer.js';

/** An image of an archive that keeps no manifest. */
export interface UnbuiltImage {
  readonly names: readonly string[];
  /** Paths of the layers' files, the lowest first. */
  readonly layers: readonly string[];
  /** Returns the config for the digests of the layers' tars, and the digests that it names, where it does. */
  config(diffIds: readonly Digest[]): { readonly bytes: Buffer; readonly diffIds?: readonly string[] | undefined };
}

/** Layers that are measured at one time: as many as Node compresses beside each other. */
const beside = 4;

/**
 * Makes Docker manifests (schema 2) for images that have none: the config, and the layers gzip-compressed. Each layer
 * is read once here, and again when it is copied; nothing is kept.
 */
export async function buildContent(
  tree: FileTree,
  unbuilt: readonly UnbuiltImage[],
  notices: readonly string[],
  limits: ArchiveLimits,
  signal?: AbortSignal,
): Promise<ArchiveContent> {
  const layerAt = await measureLayers(
    tree,
    unbuilt.flatMap(({ layers }) => layers),
    limits,
    signal,
  );
  const images: ArchivedImage[] = [];
  const manifests = new Map<Digest, RawManifest>();
  const blobs = new Map<Digest, BlobPlace>();
  for (const image of unbuilt) {
    const layers = image.layers.map(layerAt);
    const config = image.config(layers.map(({ diffId }) => diffId));
    const label = image.names[0] ?? 'an image';
    if (config.diffIds !== undefined) requireListed(tree.name, label, layers, config.diffIds);
    const manifest = buildManifest(config.bytes, layers);
    manifests.set(manifest.digest, manifest);
    blobs.set(digestOf(config.bytes), memoryPlace(config.bytes, `the config of ${label}`));
    for (const layer of layers) blobs.set(layer.digest, layerPlace(tree, layer));
    for (const name of image.names.length === 0 ? [undefined] : image.names)
      images.push({ ...readEngineName(name), name, digest: manifest.digest });
  }
  return {
    images,
    notices: [
      ...notices,
      'it keeps no manifests: they are made here, and so the digests are ours, not those of the registry the images came from',
    ],
    manifests: new Map(
      [...manifests].map(([digest, { mediaType, bytes }]) => [digest, { digest, mediaType, size: bytes.length }]),
    ),
    referrers: new Map(),
    manifest: async (digest) => manifests.get(digest),
    blob: async (digest) => blobs.get(digest),
  };
}

/** Layers by their path, each measured once, some beside each other: compressing is what takes the time. */
async function measureLayers(
  tree: FileTree,
  paths: readonly string[],
  limits: ArchiveLimits,
  signal: AbortSignal | undefined,
): Promise<(path: string) => MeasuredLayer> {
  const files = new Map<string, string>();
  const places = new Map<string, number>();
  for (const path of new Set(paths)) {
    const found = await tree.find(path);
    if (found === undefined)
      throw new RegistryError('corrupt', `${tree.name}: the layer ${path} is not in it`, {
        hint: 'save the image again, with all its layers',
      });
    files.set(path, found.path);
    places.set(found.path, found.place ?? 0);
  }
  const measured = new Map<string, MeasuredLayer>();
  const placeOf = (path: string) => places.get(path) ?? 0;
  const queue = [...places.keys()].sort((a, b) => placeOf(a) - placeOf(b)).values();
  const failure = new AbortController();
  const either = signal === undefined ? failure.signal : AbortSignal.any([signal, failure.signal]);
  const work = async () => {
    for (const file of queue) {
      either.throwIfAborted();
      measured.set(file, await measureLayer(tree, file, limits, either));
    }
  };
  const workers = Array.from({ length: beside }, () => work().catch((error) => failure.abort(error)));
  await Promise.all(workers);
  either.throwIfAborted();
  return (path) => {
    const layer = measured.get(files.get(path) ?? path);
    if (layer === undefined) throw new Error(`${path} was not measured`);
    return layer;
  };
}

function requireListed(
  archive: string,
  image: string,
  layers: readonly MeasuredLayer[],
  diffIds: readonly string[],
): void {
  if (layers.length !== diffIds.length)
    throw new RegistryError(
      'corrupt',
      `${archive}: ${image} has ${layers.length} layers, and its config names ${diffIds.length}`,
    );
  for (const [index, { path, diffId }] of layers.entries())
    if (diffIds[index] !== diffId)
      throw new RegistryError(
        'corrupt',
        `${archive}: ${path} should be ${diffIds[index]}, and its bytes have the digest ${diffId}`,
      );
}

function buildManifest(config: Buffer, layers: readonly MeasuredLayer[]): RawManifest {
  const body = {
    schemaVersion: 2,
    mediaType: mediaTypes.dockerManifest,
    config: { mediaType: mediaTypes.dockerConfig, size: config.length, digest: digestOf(config) },
    layers: layers.map(({ size, digest }) => ({ mediaType: mediaTypes.dockerLayerGzip, size, digest })),
  };
  return rawManifest(Buffer.from(JSON.stringify(body)));
}

function memoryPlace(bytes: Buffer, entry: string): BlobPlace {
  return {
    entry,
    size: bytes.length,
    open: async (from) => Readable.from([bytes.subarray(from)], { objectMode: false }),
  };
}

function layerPlace(tree: FileTree, { path, size, packed }: MeasuredLayer): BlobPlace {
  return {
    entry: path,
    size,
    async open(from) {
      if (packed) return tree.stream(path, from);
      const chunks = tree.packedLayer?.(path)?.chunks;
      if (chunks !== undefined) return chunksFrom(chunks, from);
      const blob = gzipLayer(await tree.stream(path));
      return from === 0 ? blob : Readable.from(skipTo(blob, from), { objectMode: false });
    },
  };
}

async function* skipTo(stream: Readable, from: number) {
  let at = 0;
  for await (const chunk of stream) {
    if (at + chunk.length > from) yield chunk.subarray(Math.max(0, from - at));
    at += chunk.length;
  }
}
