import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { tar } from './layer.js';

/** Bytes by their sha256 digest: a layer, a configuration, or a manifest. */
export interface Blob {
  digest: string;
  mediaType: string;
  bytes: Uint8Array;
}

/** A manifest with all it refers to, and the tags it gets in its repository. */
export interface Image {
  repository: string;
  tags: string[];
  blobs: Blob[];
  children: Blob[];
  manifest: Blob;
}

const docker = 'application/vnd.docker';
const oci = 'application/vnd.oci.image';
const dockerLayer = `${docker}.image.rootfs.diff.tar.gzip`;
/** The media type of a layer in an OCI image. */
export const ociLayer = `${oci}.layer.v1.tar+gzip`;

/** A layer, with the digest of its tar before compression, which configurations name. */
export interface Layer extends Blob {
  diffId: string;
}

/** A layer of these files. */
export function layer(files: Parameters<typeof tar>[0], mediaType = dockerLayer): Layer {
  const plain = tar(files);
  return { ...blob(mediaType, gzipSync(plain, { level: 6 })), diffId: digestOf(plain) };
}

/** An image of one platform, as docker has it (schema 2). */
export function image(repository: string, tags: string[], layers: Layer[], command: string[]): Image {
  const config = configuration(`${docker}.container.image.v1+json`, 'amd64', layers, command);
  const manifest = manifestOf(`${docker}.distribution.manifest.v2+json`, config, layers);
  return { repository, tags, blobs: [config, ...layers], children: [], manifest };
}

/** An OCI index of one image for each platform. */
export function index(
  repository: string,
  tags: string[],
  platforms: { architecture: string; layers: Layer[] }[],
): Image {
  const built = platforms.map(({ architecture, layers }) => {
    const config = configuration(`${oci}.config.v1+json`, architecture, layers, ['cat', '/etc/architecture']);
    return {
      architecture,
      blobs: [config, ...layers],
      manifest: manifestOf(`${oci}.manifest.v1+json`, config, layers),
    };
  });
  const manifests = built.map(({ architecture, manifest }) => ({
    ...descriptor(manifest),
    platform: { architecture, os: 'linux' },
  }));
  const manifest = json(`${oci}.index.v1+json`, { schemaVersion: 2, mediaType: `${oci}.index.v1+json`, manifests });
  return {
    repository,
    tags,
    blobs: built.flatMap(({ blobs }) => blobs),
    children: built.map((child) => child.manifest),
    manifest,
  };
}

function configuration(mediaType: string, architecture: string, layers: Layer[], command: string[]): Blob {
  const created = '2018-06-27T00:00:00Z';
  return json(mediaType, {
    architecture,
    os: 'linux',
    created,
    config: { Cmd: command, Env: ['PATH=/bin'], Labels: { version: '13.0' } },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(() => ({ created, created_by: 'provision-lab' })),
  });
}

function manifestOf(mediaType: string, config: Blob, layers: Blob[]): Blob {
  return json(mediaType, { schemaVersion: 2, mediaType, config: descriptor(config), layers: layers.map(descriptor) });
}

function descriptor({ mediaType, digest, bytes }: Blob) {
  return { mediaType, size: bytes.length, digest };
}

function json(mediaType: string, value: unknown): Blob {
  return blob(mediaType, Buffer.from(JSON.stringify(value, null, 3)));
}

function blob(mediaType: string, bytes: Uint8Array): Blob {
  return { mediaType, bytes, digest: digestOf(bytes) };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
