import { algorithmOf, type Digest, digestOf } from '../../digest.js';
import { type RawManifest, rawManifest } from '../../manifest.js';
import { RegistryError } from '../../registry-error.js';
import { readDocument } from '../trees/document.js';
import type { FileTree } from '../trees/file-tree.js';
import type { ArchiveLimits } from '../trees/limits.js';
import type { ArchiveContent, ArchivedImage } from './archive-content.js';
import { knownManifests } from './known-manifests.js';

/** Paths at which a format may keep manifests and blobs, the likeliest first. */
export interface Storage {
  manifest(digest: Digest): readonly string[];
  blob(digest: Digest): readonly string[];
}

/** Reads the content of an archive whose format keeps manifests as they were: the digests stay. */
export async function storedContent(
  tree: FileTree,
  storage: Storage,
  images: readonly (ArchivedImage & { readonly mediaType: string })[],
  notices: readonly string[],
  limits: ArchiveLimits,
): Promise<ArchiveContent> {
  const read = (digest: Digest, mediaType: string) => readStored(tree, storage, digest, mediaType, limits);
  const known = await knownManifests(read, images, tree.name);
  const missing = images.find(({ digest }) => !known.manifests.has(digest));
  if (missing !== undefined)
    throw new RegistryError(
      'corrupt',
      `${tree.name}: ${missing.name ?? 'an image'} is ${missing.digest}, which is not in it`,
    );
  const count = known.absent.length;
  const named = new Set(images.filter(({ name }) => name !== undefined).map(({ digest }) => digest));
  const attached = new Set([...known.referrers.values()].flat().map(({ digest }) => digest));
  return {
    ...known,
    images: images
      .filter(({ name, digest }) => name !== undefined || !(named.has(digest) || attached.has(digest)))
      .map(({ mediaType: _, ...image }) => image),
    notices: [
      ...notices,
      ...(count === 0
        ? []
        : [`${count} of the manifests that its indexes name ${count === 1 ? 'is' : 'are'} not in it`]),
    ],
    manifest: async (digest) => read(digest, known.manifests.get(digest)?.mediaType ?? ''),
    async blob(digest) {
      const found = await firstFound(tree, storage.blob(digest));
      if (found === undefined) return undefined;
      return { entry: found.path, size: found.size, open: (from) => tree.stream(found.path, from) };
    },
  };
}

/** Reads a manifest of an archive. @throws RegistryError `corrupt` when its bytes have another digest */
export async function readStored(
  tree: FileTree,
  storage: Storage,
  digest: Digest,
  mediaType: string,
  limits: ArchiveLimits,
): Promise<RawManifest | undefined> {
  const found = await firstFound(tree, storage.manifest(digest));
  const bytes = found === undefined ? undefined : await readDocument(tree, found.path, limits);
  if (found === undefined || bytes === undefined) return undefined;
  const got = digestOf(bytes, algorithmOf(digest));
  if (got !== digest)
    throw new RegistryError(
      'corrupt',
      `${tree.name}: ${found.path} should be ${digest}, and its bytes have the digest ${got}`,
    );
  return { ...rawManifest(bytes, mediaType), digest };
}

async function firstFound(tree: FileTree, paths: readonly string[]) {
  for (const path of paths) {
    const found = await tree.find(path);
    if (found !== undefined) return found;
  }
  return undefined;
}
