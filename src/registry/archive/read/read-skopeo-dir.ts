import { z } from 'zod';
import { type Digest, digestOf, hexOf } from '../../digest.js';
import { rawManifest } from '../../manifest.js';
import { mediaTypes } from '../../media-types.js';
import { RegistryError } from '../../registry-error.js';
import { parseDocument, readDocument } from '../trees/document.js';
import type { FileTree } from '../trees/file-tree.js';
import type { ArchiveLimits } from '../trees/limits.js';
import type { ArchiveContent } from './archive-content.js';
import { storedContent } from './stored-content.js';

/** Reads what skopeo's `dir:` holds (Pulp 2 takes the same as a tar): one image or index, without a name. */
export async function readSkopeoDir(tree: FileTree, limits: ArchiveLimits): Promise<ArchiveContent> {
  const bytes = await readDocument(tree, 'manifest.json', limits);
  if (bytes === undefined) throw new RegistryError('corrupt', `${tree.name}: there is no manifest.json in it`);
  const index = z
    .object({ manifests: z.array(z.unknown()).nullable() })
    .safeParse(parseDocument(bytes, tree, 'manifest.json')).success;
  const mediaType = rawManifest(bytes).mediaType || (index ? mediaTypes.ociIndex : mediaTypes.ociManifest);
  const digest = digestOf(bytes);
  const storage = {
    manifest: (wanted: Digest) => (wanted === digest ? ['manifest.json'] : [`${hexOf(wanted)}.manifest.json`]),
    blob: (wanted: Digest) => [hexOf(wanted), `${hexOf(wanted)}.tar`],
  };
  const image = { repository: undefined, tag: undefined, name: undefined, digest, mediaType };
  return storedContent(tree, storage, [image], [], limits);
}
