import { z } from 'zod';
import { RegistryError } from '../../registry-error.js';
import { parseDocument, readDocument } from '../trees/document.js';
import type { FileTree } from '../trees/file-tree.js';
import type { ArchiveLimits } from '../trees/limits.js';
import type { ArchiveContent } from './archive-content.js';
import { buildContent, type UnbuiltImage } from './built-content.js';
import { type SavedImage, savedImages } from './saved-images.js';

/** docker leaves `diff_ids` out of an image without layers (FROM scratch). */
const configShape = z.object({ rootfs: z.object({ diff_ids: z.array(z.string()).nullish() }).nullish() });

/** Reads what docker (1.10 to 24), podman and skopeo write as docker-archive: configs and layers, listed in manifest.json. */
export async function readDockerSave(
  tree: FileTree,
  limits: ArchiveLimits,
  signal?: AbortSignal,
): Promise<ArchiveContent> {
  const images: UnbuiltImage[] = [];
  for (const image of await savedImages(tree, limits)) images.push(await unbuiltImage(tree, image, limits));
  return buildContent(tree, images, [], limits, signal);
}

async function unbuiltImage(
  tree: FileTree,
  { config, tags, layers }: SavedImage,
  limits: ArchiveLimits,
): Promise<UnbuiltImage> {
  const bytes = await readDocument(tree, config, limits);
  if (bytes === undefined) throw new RegistryError('corrupt', `${tree.name}: the config ${config} is not in it`);
  const parsed = configShape.safeParse(parseDocument(bytes, tree, config));
  if (!parsed.success)
    throw new RegistryError('corrupt', `${tree.name}: ${config} is not an image's config (rootfs.diff_ids)`);
  const diffIds = parsed.data.rootfs?.diff_ids ?? [];
  return { names: tags, layers, config: () => ({ bytes, diffIds }) };
}
