import { gzipSync } from 'node:zlib';
import { layoutBlobPath } from '../../../src/registry/archive/read/read-oci-layout.js';
import { type Digest, digestOf } from '../../../src/registry/digest.js';
import { type RawManifest, rawManifest } from '../../../src/registry/manifest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';
import { makeTar } from './make-tar.js';

/** An image that a test makes: one layer a text, each a tar with one file. */
export interface MadeImage {
  readonly raw: RawManifest;
  readonly config: Buffer;
  readonly tars: readonly Buffer[];
  /** Everything, by digest: manifest, config, layers; of an index its children too. */
  readonly blobs: ReadonlyMap<Digest, Buffer>;
}

export interface Making {
  readonly layers: readonly string[];
  readonly architecture?: string;
  readonly kind?: 'oci' | 'docker';
  readonly subject?: RawManifest;
}

export function makeImage({ layers, architecture = 'amd64', kind = 'oci', subject }: Making): MadeImage {
  const blobs = new Map<Digest, Buffer>();
  const add = (mediaType: string, bytes: Buffer) => {
    blobs.set(digestOf(bytes), bytes);
    return { mediaType, size: bytes.length, digest: digestOf(bytes) };
  };
  const [manifestType, configType, layerType] =
    kind === 'oci'
      ? [mediaTypes.ociManifest, mediaTypes.ociConfig, mediaTypes.ociLayerGzip]
      : [mediaTypes.dockerManifest, mediaTypes.dockerConfig, mediaTypes.dockerLayerGzip];
  const tars = layers.map((text, index) => makeTar([{ name: `file-${index}.txt`, content: text }]));
  const config = json({
    architecture,
    os: 'linux',
    config: { Env: ['PATH=/bin'] },
    rootfs: { type: 'layers', diff_ids: tars.map((tar) => digestOf(tar)) },
    history: layers.map(() => ({ created_by: 'a test' })),
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: add(configType, config),
    layers: tars.map((tar) => add(layerType, stored(tar))),
    ...(subject === undefined
      ? {}
      : { subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.bytes.length } }),
  };
  const raw = rawManifest(json(manifest));
  blobs.set(raw.digest, Buffer.from(raw.bytes));
  return { raw, config, tars, blobs };
}

/** An index of images, by their architecture. */
export function makeIndex(images: Readonly<Record<string, MadeImage>>, kind: 'oci' | 'docker' = 'oci'): MadeImage {
  const manifests = Object.entries(images).map(([architecture, { raw }]) => ({
    mediaType: raw.mediaType,
    digest: raw.digest,
    size: raw.bytes.length,
    platform: { architecture, os: 'linux' },
  }));
  const mediaType = kind === 'oci' ? mediaTypes.ociIndex : mediaTypes.dockerList;
  const raw = rawManifest(json({ schemaVersion: 2, mediaType, manifests }));
  const blobs = new Map(Object.values(images).flatMap((image) => [...image.blobs]));
  return { raw, config: Buffer.alloc(0), tars: [], blobs: blobs.set(raw.digest, Buffer.from(raw.bytes)) };
}

/** The files of an OCI layout with images in it: those of `listed` in its index, by the name they have there. */
export function layoutFiles(listed: readonly { image: MadeImage; annotations?: object }[]): Map<string, Buffer> {
  const manifests = listed.map(({ image: { raw }, annotations }) => ({
    mediaType: raw.mediaType,
    digest: raw.digest,
    size: raw.bytes.length,
    ...(annotations === undefined ? {} : { annotations }),
  }));
  const files = new Map<string, Buffer>();
  for (const { image } of listed) for (const [digest, bytes] of image.blobs) files.set(layoutBlobPath(digest), bytes);
  files.set('index.json', json({ schemaVersion: 2, manifests }));
  return files.set('oci-layout', json({ imageLayoutVersion: '1.0.0' }));
}

/** gzip without compression or hints of who made it: the same bytes whatever zlib is in use. */
function stored(bytes: Buffer): Buffer {
  const packed = gzipSync(bytes, { level: 0 });
  packed.set([0, 255], 8);
  return packed;
}

export function refName(name: string) {
  return { 'org.opencontainers.image.ref.name': name };
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
