import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import { checkDepth, type Descriptor, type Manifest, type Platform, platformText } from '../manifest.js';
import { RegistryError } from '../registry-error.js';
import type { ContentReader } from './content-reader.js';
import { isAttestation } from './created-of.js';
import { createdAnnotation, readDate } from './image-date.js';

/** Description of an image, for people and programs. */
export interface ImageDetails {
  readonly repository: string;
  /** Tag or digest of the request. */
  readonly reference: string;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly artifactType: string | undefined;
  /** Bytes of configurations and layers, each once: what a registry holds for all its platforms. */
  readonly size: number;
  /** ISO 8601; of the newest platform. Nothing where none says it, as reproducible builds don't. */
  readonly created: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly platforms: readonly PlatformDetails[];
  /** Manifests of an index that are attestations of others; they aren't read. */
  readonly attestations: number;
}

export interface PlatformDetails {
  /** `linux/arm64/v8`; nothing where neither index nor configuration says it. */
  readonly platform: string | undefined;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly layers: number;
  readonly created: string | undefined;
}

type ImageReader = Pick<ContentReader, 'named' | 'manifest' | 'config'>;

interface Part extends PlatformDetails {
  readonly blobs: readonly Descriptor[];
}

/**
 * Describes an image. Requests: two for an image (manifest, configuration), 1 + 2 P for an index of P platforms.
 * Digests that the reader has read before need none.
 * @throws RegistryError `not-found` when it isn't there
 */
export async function inspectImage(
  registry: Pick<Registry, 'host'>,
  repository: string,
  reference: string,
  reader: ImageReader,
): Promise<ImageDetails> {
  const raw = await reader.named(repository, reference);
  if (raw === undefined) {
    throw new RegistryError('not-found', `${registry.host}/${repository}: ${reference} is not there`, { status: 404 });
  }
  return detailsOf(repository, reference, raw.digest, reader);
}

/** Describes the images of several tags, in their order: a HEAD for each tag, and each digest is read once. */
export async function inspectTags(
  registry: Registry,
  repository: string,
  tags: readonly string[],
  reader: ContentReader,
): Promise<ImageDetails[]> {
  const found = await Promise.all(
    tags.map(async (tag) => {
      const digest = (await registry.head(repository, tag))?.digest;
      return digest === undefined ? undefined : detailsOf(repository, tag, digest, reader);
    }),
  );
  return found.filter((each) => each !== undefined);
}

async function detailsOf(
  repository: string,
  reference: string,
  digest: Digest,
  reader: ImageReader,
): Promise<ImageDetails> {
  const manifest = await reader.manifest(repository, digest);
  const parts = await partsOf(repository, digest, manifest, undefined, { reader, met: new Set() });
  const own = manifest.kind === 'index' ? manifest.blobs : [];
  const blobs = new Map([...own, ...parts.flatMap((part) => part.blobs)].map((blob) => [blob.digest, blob.size]));
  const dates = parts.flatMap(({ created }) => created ?? []).sort((a, b) => Date.parse(a) - Date.parse(b));
  return {
    repository,
    reference,
    digest,
    mediaType: manifest.mediaType,
    artifactType: manifest.artifactType,
    size: [...blobs.values()].reduce((sum, size) => sum + size, 0),
    created: dates.at(-1),
    annotations: manifest.annotations,
    platforms: parts.map(({ blobs: _blobs, ...part }) => part),
    attestations: manifest.kind === 'index' ? manifest.manifests.filter(isAttestation).length : 0,
  };
}

async function partsOf(
  repository: string,
  digest: Digest,
  manifest: Manifest,
  platform: Platform | undefined,
  walk: { readonly reader: ImageReader; readonly met: Set<Digest> },
  depth = 0,
): Promise<Part[]> {
  const { reader, met } = walk;
  checkDepth(depth, `${repository}@${digest}`);
  if (manifest.kind === 'index') {
    if (met.has(digest)) return []; // Indexes that name each other's children twice would never end.
    met.add(digest);
    const children = manifest.manifests.filter((child) => !isAttestation(child));
    const parts = await Promise.all(
      children.map(async (child) =>
        partsOf(
          repository,
          child.digest,
          await reader.manifest(repository, child.digest),
          child.platform,
          walk,
          depth + 1,
        ),
      ),
    );
    return parts.flat();
  }
  const config = await reader.config(repository, manifest.config);
  const { os, architecture, variant } = config ?? {};
  const own = platform ?? (os && architecture ? { os, architecture, variant } : undefined);
  const blobs = [manifest.config, ...manifest.layers];
  return [
    {
      platform: own === undefined ? undefined : platformText(own),
      digest,
      size: blobs.reduce((sum, { size }) => sum + size, 0),
      layers: manifest.layers.length,
      created: readDate(config?.created ?? manifest.annotations[createdAnnotation]),
      blobs,
    },
  ];
}
