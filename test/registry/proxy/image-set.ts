import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '../../../src/registry/digest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';
import { noise } from './seeded.js';

/** Content of a registry, made up: what a test puts in one and looks for in another. */
export interface ImageSet {
  readonly blobs: ReadonlyMap<Digest, Buffer>;
  readonly repositories: ReadonlyMap<string, RepositoryContent>;
}

export interface RepositoryContent {
  readonly blobs: ReadonlySet<Digest>;
  /** In the order in which they are written: children before their index. */
  readonly manifests: ReadonlyMap<Digest, MadeManifest>;
  readonly tags: ReadonlyMap<string, Digest>;
}

export interface MadeManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export type ImageFormat = 'docker' | 'oci';

interface Layer {
  readonly digest: Digest;
  readonly size: number;
  readonly diffId: string;
}

/** Makes up images. The same words make the same bytes. */
export class ImageSetMaker implements ImageSet {
  readonly blobs = new Map<Digest, Buffer>();
  readonly repositories = new Map<
    string,
    { blobs: Set<Digest>; manifests: Map<Digest, MadeManifest>; tags: Map<string, Digest> }
  >();

  /** A layer that a container engine could unpack: a gzipped tar with one file of noise, so that it doesn't shrink. */
  layer(seed: string, size: number): Layer {
    const tar = tarOf(`noise-${seed}`, noise(seed, size));
    return { ...this.#blob(gzipSync(tar, { level: 0 })), diffId: sha256(tar) };
  }

  /** An image of layers. `seed` tells one from another of the same layers. */
  image(
    repository: string,
    layers: readonly Layer[],
    { seed, format = 'docker', architecture = 'amd64' }: { seed: string; format?: ImageFormat; architecture?: string },
  ): MadeManifest {
    const config = this.#blob(
      Buffer.from(
        JSON.stringify({
          architecture,
          os: 'linux',
          config: { Labels: { seed } },
          rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
          history: layers.map(() => ({ created: '2020-01-01T00:00:00Z', created_by: 'noise' })),
        }),
      ),
    );
    const oci = format === 'oci';
    return this.#manifest(repository, oci ? mediaTypes.ociManifest : mediaTypes.dockerManifest, [config, ...layers], {
      config: { mediaType: oci ? mediaTypes.ociConfig : mediaTypes.dockerConfig, ...config },
      layers: layers.map(({ digest, size }) => ({
        mediaType: oci ? mediaTypes.ociLayerGzip : mediaTypes.dockerLayerGzip,
        size,
        digest,
      })),
    });
  }

  /** An index of images of the same repository. */
  index(
    repository: string,
    children: readonly { readonly manifest: MadeManifest; readonly architecture: string }[],
    format: ImageFormat = 'oci',
  ): MadeManifest {
    return this.#manifest(repository, format === 'oci' ? mediaTypes.ociIndex : mediaTypes.dockerList, [], {
      manifests: children.map(({ manifest, architecture }) => ({
        mediaType: manifest.mediaType,
        size: manifest.bytes.length,
        digest: manifest.digest,
        platform: { architecture, os: 'linux' },
      })),
    });
  }

  /** Cache as BuildKit exports it: an index whose entries are layers and a configuration of its own. */
  cache(repository: string, layers: readonly Layer[], config: Layer): MadeManifest {
    const entry = (mediaType: string, { digest, size }: Layer) => ({ mediaType, digest, size });
    return this.#manifest(repository, mediaTypes.ociIndex, [...layers, config], {
      manifests: [
        ...layers.map((layer) => entry(mediaTypes.ociLayerGzip, layer)),
        entry('application/vnd.buildkit.cacheconfig.v0', config),
      ],
    });
  }

  /** What lists the manifests that are about another, where a registry can't say it itself (distribution-spec, "Referrers Tag Schema"). */
  referrers(repository: string, artifacts: readonly MadeManifest[]): MadeManifest {
    return this.#manifest(repository, mediaTypes.ociIndex, [], {
      manifests: artifacts.map(({ mediaType, bytes, digest }) => ({
        mediaType,
        size: bytes.length,
        digest,
        artifactType: 'application/vnd.example.note',
      })),
    });
  }

  /** What isn't an image: one blob, with the manifest that it is about where there is one (OCI 1.1). */
  artifact(repository: string, seed: string, subject?: MadeManifest): MadeManifest {
    const empty = this.#blob(Buffer.from('{}'));
    const content = this.#blob(Buffer.from(JSON.stringify({ about: seed })));
    return this.#manifest(repository, mediaTypes.ociManifest, [empty, content], {
      artifactType: 'application/vnd.example.note',
      config: { mediaType: mediaTypes.ociEmpty, ...empty },
      layers: [{ mediaType: 'application/vnd.example.note', ...content }],
      ...(subject === undefined
        ? {}
        : { subject: { mediaType: subject.mediaType, size: subject.bytes.length, digest: subject.digest } }),
    });
  }

  tag(repository: string, tag: string, manifest: MadeManifest): void {
    this.#repository(repository).tags.set(tag, manifest.digest);
  }

  #manifest(
    repository: string,
    mediaType: string,
    blobs: readonly { readonly digest: Digest }[],
    body: object,
  ): MadeManifest {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...body }, undefined, 2));
    const manifest = { digest: digestOf(bytes), mediaType, bytes };
    const content = this.#repository(repository);
    content.manifests.set(manifest.digest, manifest);
    for (const { digest } of blobs) content.blobs.add(digest);
    return manifest;
  }

  #repository(name: string) {
    const had = this.repositories.get(name);
    if (had !== undefined) return had;
    const content = {
      blobs: new Set<Digest>(),
      manifests: new Map<Digest, MadeManifest>(),
      tags: new Map<string, Digest>(),
    };
    this.repositories.set(name, content);
    return content;
  }

  #blob(bytes: Buffer): { digest: Digest; size: number } {
    const digest = digestOf(bytes);
    this.blobs.set(digest, bytes);
    return { digest, size: bytes.length };
  }
}

/** `name:tag` of everything in a set that has a tag of its own, as a list to sync says it: what is attached to an image comes with it. */
export function tagsOf(set: ImageSet): string[] {
  return [...set.repositories].flatMap(([name, { tags }]) =>
    [...tags.keys()].filter((tag) => !tag.startsWith('sha256-')).map((tag) => `${name}:${tag}`),
  );
}

/** A tar with one file: ustar (POSIX 1003.1-1988), 512 bytes of header. */
function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  const put = (text: string, at: number) => header.write(text, at, 'latin1');
  put(name.slice(0, 99), 0);
  put('0000644\x000000\x000000\0', 100);
  put(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  put(`${(1577836800).toString(8).padStart(11, '0')}\0`, 136);
  put('        0', 148);
  put('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
