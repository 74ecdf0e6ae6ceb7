import { z } from 'zod';
import { algorithmOf, type Digest, hexOf } from '../digest.js';
import { type Descriptor, rawManifest, readManifest } from '../manifest.js';
import { isIndexType, mediaTypes } from '../media-types.js';
import { RegistryError } from '../registry-error.js';
import type { ArchiveContent, ArchivedImage } from './archive-content.js';
import { readDocument, readJson } from './document.js';
import type { FileTree } from './file-tree.js';
import { imageName } from './image-name.js';
import type { ArchiveLimits } from './limits.js';
import { savedImages } from './saved-images.js';
import { readStored, type Storage, storedContent } from './stored-content.js';

/** Annotations of a descriptor that name it: containerd's has the whole name, image-spec's a tag or a whole name. */
export const nameAnnotations = ['io.containerd.image.name', 'org.opencontainers.image.ref.name'] as const;

const storage: Storage = { manifest: (digest) => [blobPath(digest)], blob: (digest) => [blobPath(digest)] };

/** Where an OCI layout keeps what has a digest. */
export function blobPath(digest: Digest): string {
  return `blobs/${algorithmOf(digest)}/${hexOf(digest)}`;
}

/** Reads an OCI image layout (image-spec, image-layout.md); what docker 25 and later save has one inside. */
export async function readOciLayout(tree: FileTree, limits: ArchiveLimits): Promise<ArchiveContent> {
  const { imageLayoutVersion } = await readJson(
    tree,
    'oci-layout',
    z.object({ imageLayoutVersion: z.string() }),
    limits,
  );
  if (!imageLayoutVersion.startsWith('1.'))
    throw new RegistryError(
      'unsupported',
      `${tree.name} is an OCI layout of version ${imageLayoutVersion}; known is 1.0.0`,
    );
  const bytes = await readDocument(tree, 'index.json', limits);
  if (bytes === undefined) throw new RegistryError('corrupt', `${tree.name}: there is no index.json in it`);
  const index = readManifest(rawManifest(bytes, mediaTypes.ociIndex), `${tree.name}: index.json`);
  if (index.kind !== 'index') throw new RegistryError('corrupt', `${tree.name}: index.json is not an index`);
  const listed = await named(tree, index.manifests, limits);
  return storedContent(tree, storage, await withRepoTags(tree, listed, limits), [], limits);
}

type Listed = ArchivedImage & { readonly mediaType: string };

/** Images of an index: those that it names; where it has an index without a name, whose manifests have names, those. */
async function named(tree: FileTree, descriptors: readonly Descriptor[], limits: ArchiveLimits): Promise<Listed[]> {
  const images: Listed[] = [];
  for (const descriptor of descriptors) {
    const { digest, mediaType } = descriptor;
    const name = nameOf(descriptor);
    const inner = name === undefined && isIndexType(mediaType) ? await children(tree, descriptor, limits) : [];
    if (inner.some((child) => nameOf(child) !== undefined)) images.push(...(await named(tree, inner, limits)));
    else images.push({ ...imageName(name), digest, name, mediaType });
  }
  return images;
}

async function children(tree: FileTree, { digest, mediaType }: Descriptor, limits: ArchiveLimits) {
  const raw = await readStored(tree, storage, digest, mediaType, limits);
  if (raw === undefined) return [];
  const manifest = readManifest(raw, `${tree.name}: ${digest}`);
  return manifest.kind === 'index' ? manifest.manifests : [];
}

function nameOf({ annotations = {} }: Descriptor): string | undefined {
  return nameAnnotations.map((key) => annotations[key]).find((name) => name !== undefined && name !== '');
}

/** Names that docker wrote into manifest.json only. */
async function withRepoTags(tree: FileTree, images: readonly Listed[], limits: ArchiveLimits): Promise<Listed[]> {
  const saved = images.every(({ name }) => name !== undefined) ? [] : await savedImages(tree, limits);
  const result: Listed[] = [];
  for (const image of images) {
    const config = image.name === undefined && saved.length > 0 ? await configOf(tree, image, limits) : undefined;
    const tags = saved.find((entry) => config !== undefined && entry.config === blobPath(config))?.tags ?? [];
    if (tags.length === 0) result.push(image);
    for (const name of tags) result.push({ ...image, ...imageName(name), name });
  }
  return result;
}

async function configOf(tree: FileTree, { digest, mediaType }: Listed, limits: ArchiveLimits) {
  const raw = await readStored(tree, storage, digest, mediaType, limits);
  const manifest = raw === undefined ? undefined : readManifest(raw, `${tree.name}: ${digest}`);
  return manifest?.kind === 'image' ? manifest.config.digest : undefined;
}
