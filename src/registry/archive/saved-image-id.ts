import { createHash } from 'node:crypto';
import { z } from 'zod';
import { treeAt } from './open.js';
import { savedImages } from './read/saved-images.js';
import { readDocument, readJsonDocument } from './trees/document.js';
import { defaultArchiveLimits } from './trees/limits.js';

/** Identity of an image in an archive, as a container engine has it once it is loaded. */
export interface SavedImageId {
  /** Digest of its configuration. */
  readonly id: string;
  readonly created: Date | undefined;
}

const config = z.object({ created: z.string().nullish() });

/**
 * Reads which image `docker save` has put into an archive under a name; its layers are not read. Undefined for
 * archives of other formats, and for names that are not in it.
 *
 * @throws RegistryError when there is no such archive, or it is damaged
 */
export async function readSavedImageId(path: string, name: string): Promise<SavedImageId | undefined> {
  const limits = defaultArchiveLimits;
  const tree = await treeAt(path, limits, undefined);
  try {
    const images = await savedImages(tree, limits);
    const image = images.find(({ tags }) => tags.some((tag) => tag === name || tag.endsWith(`/${name}`)));
    if (image === undefined) return undefined;
    const bytes = await readDocument(tree, image.config, limits);
    if (bytes === undefined) return undefined;
    const { created } = await readJsonDocument(tree, image.config, config, limits);
    const at = created == null ? undefined : new Date(created);
    return { id: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, created: at };
  } finally {
    await tree.close();
  }
}
