import { Readable } from 'node:stream';
import type { Registry } from '../../../src/registry/client/registry.js';
import { digestOf } from '../../../src/registry/digest.js';
import { type Descriptor, type Platform, type RawManifest, rawManifest } from '../../../src/registry/manifest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';

export interface ImageOfTest {
  /** Of the configuration; default: it has none. */
  readonly created?: string;
  readonly platform?: Platform;
  readonly labels?: Readonly<Record<string, string>>;
  /** Content of its one layer; what tells one image from another. */
  readonly content: string;
}

export const amd64: Platform = { os: 'linux', architecture: 'amd64' };
export const arm64: Platform = { os: 'linux', architecture: 'arm64', variant: 'v8' };

/** Pushes an image of one layer under tags, or by its digest when there are none. */
export async function pushImage(
  registry: Registry,
  repository: string,
  tags: readonly string[],
  { created, platform = amd64, labels, content }: ImageOfTest,
): Promise<RawManifest> {
  const config = await pushBlob(
    registry,
    repository,
    JSON.stringify({ created, ...platform, config: labels && { Labels: labels }, rootfs: { type: 'layers' } }),
  );
  const layer = await pushBlob(registry, repository, content);
  return pushManifest(registry, repository, tags, {
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, ...config },
    layers: [{ mediaType: mediaTypes.ociLayer, ...layer }],
  });
}

/** Pushes an index of an image for each platform. */
export async function pushIndex(
  registry: Registry,
  repository: string,
  tags: readonly string[],
  images: readonly (ImageOfTest & { readonly platform: Platform })[],
): Promise<{ readonly index: RawManifest; readonly children: readonly RawManifest[] }> {
  const children: RawManifest[] = [];
  for (const image of images) children.push(await pushImage(registry, repository, [], image));
  const index = await pushManifest(registry, repository, tags, {
    mediaType: mediaTypes.ociIndex,
    manifests: children.map(({ digest, mediaType, bytes }, at) => ({
      mediaType,
      digest,
      size: bytes.length,
      platform: images[at]?.platform,
    })),
  });
  return { index, children };
}

async function pushBlob(
  registry: Registry,
  repository: string,
  text: string,
): Promise<Pick<Descriptor, 'digest' | 'size'>> {
  const bytes = Buffer.from(text);
  const blob = { digest: digestOf(bytes), size: bytes.length };
  await registry.putBlob(repository, blob, async () => Readable.from([bytes]));
  return blob;
}

async function pushManifest(
  registry: Registry,
  repository: string,
  tags: readonly string[],
  body: object,
): Promise<RawManifest> {
  const raw = rawManifest(Buffer.from(JSON.stringify({ schemaVersion: 2, ...body })));
  for (const reference of tags.length === 0 ? [raw.digest] : tags)
    await registry.putManifest(repository, reference, raw);
  return raw;
}
