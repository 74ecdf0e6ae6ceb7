import { z } from 'zod';
import { algorithmOf, type Digest, hexOf } from '../../digest.js';
import { type Descriptor, rawManifest, readManifest } from '../../manifest.js';
import { isIndexType, mediaTypes } from '../../media-types.js';
import { RegistryError } from '../../registry-error.js';
import { readDocument, readJsonDocument } from '../trees/document.js';
import type { FileTree } from '../trees/file-tree.js';
import type { ArchiveLimits } from '../trees/limits.js';
import type { ArchiveContent, ArchivedImage } from './archive-content.js';
import { engineName, readArchiveName, readEngineName } from './image-name.js';
import { savedImages } from './saved-images.js';
import { readStored, type Storage, storedContent } from './stored-content.js';
import { requireFewImages } from './valid-names.js';

/** Annotations of a descriptor that name it: containerd's has the whole name, image-spec's a tag or a whole name. */
export const nameAnnotations = ['io.containerd.image.name', 'org.opencontainers.image.ref.name'] as const;

const storage: Storage = { manifest: (digest) => [layoutBlobPath(digest)], blob: (digest) => [layoutBlobPath(digest)] };

/** Returns the path of a digest's content in an OCI layout. */
export function layoutBlobPath(digest: Digest): string {
  return `blobs/${algorithmOf(digest)}/${hexOf(digest)}`;
}

/** Reads an OCI image layout (image-spec, image-layout.md); what docker 25 and later save has one inside. */
export async function readOciLayout(tree: FileTree, limits: ArchiveLimits): Promise<ArchiveContent> {
  const { imageLayoutVersion } = await readJsonDocument(
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
  const listed: ListedImage[] = [];
  await collectListed(tree, index.manifests, limits, listed, new Set());
  return storedContent(tree, storage, await withRepoTags(tree, listed, limits), [], limits);
}

type ListedImage = ArchivedImage & { readonly mediaType: string };

/**
 * Adds the images of an index: those that it names; where it has an index without a name, whose manifests have names,
 * those. An index that is met again has nothing new.
 */
async function collectListed(
  tree: FileTree,
  descriptors: readonly Descriptor[],
  limits: ArchiveLimits,
  images: ListedImage[],
  met: Set<Digest>,
): Promise<void> {
  for (const descriptor of descriptors) {
    const { digest, mediaType } = descriptor;
    const name = annotatedName(descriptor);
    const nameless = name === undefined && isIndexType(mediaType);
    if (nameless && met.has(digest)) continue;
    const inner = nameless ? await children(tree, descriptor, limits) : [];
    if (nameless) met.add(digest);
    if (inner.some((child) => annotatedName(child) !== undefined))
      await collectListed(tree, inner, limits, images, met);
    else images.push({ ...readArchiveName(name), digest, name, mediaType });
    requireFewImages(tree.name, images, limits);
  }
}

async function children(tree: FileTree, { digest, mediaType }: Descriptor, limits: ArchiveLimits) {
  const raw = await readStored(tree, storage, digest, mediaType, limits);
  if (raw === undefined) return [];
  const manifest = readManifest(raw, `${tree.name}: ${digest}`);
  return manifest.kind === 'index' ? manifest.manifests : [];
}

function annotatedName({ annotations = {} }: Descriptor): string | undefined {
  return nameAnnotations.map((key) => annotations[key]).find((name) => name !== undefined && name !== '');
}

/** Adds names that docker wrote into manifest.json only, and takes those of both as they are there. */
async function withRepoTags(
  tree: FileTree,
  images: readonly ListedImage[],
  limits: ArchiveLimits,
): Promise<ListedImage[]> {
  const saved = await savedImages(tree, limits);
  const asWritten = new Set(saved.flatMap(({ tags }) => tags));
  const tagsOf = new Map<string, readonly string[]>();
  for (const { config, tags } of saved) if (!tagsOf.has(config)) tagsOf.set(config, tags);
  const result: ListedImage[] = [];
  for (const image of images) {
    const config = image.name === undefined && saved.length > 0 ? await configOf(tree, image, limits) : undefined;
    const tags = (config === undefined ? undefined : tagsOf.get(layoutBlobPath(config))) ?? [];
    const isEngines = image.name !== undefined && asWritten.has(engineName(image.name));
    if (tags.length === 0) result.push(isEngines ? { ...image, ...readEngineName(image.name) } : image);
    for (const name of tags) result.push({ ...image, ...readEngineName(name), name });
    requireFewImages(tree.name, result, limits);
  }
  return result;
}

async function configOf(tree: FileTree, { digest, mediaType }: ListedImage, limits: ArchiveLimits) {
  const raw = await readStored(tree, storage, digest, mediaType, limits);
  const manifest = raw === undefined ? undefined : readManifest(raw, `${tree.name}: ${digest}`);
  return manifest?.kind === 'image' ? manifest.config.digest : undefined;
}
