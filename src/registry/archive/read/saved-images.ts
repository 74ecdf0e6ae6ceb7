import { z } from 'zod';
import { RegistryError } from '../../registry-error.js';
import { readJsonDocument } from '../trees/document.js';
import { entryPath } from '../trees/entry-path.js';
import type { FileTree } from '../trees/file-tree.js';
import type { ArchiveLimits } from '../trees/limits.js';

/** An image as docker's `save` (1.10 and later) lists it in manifest.json: paths in the archive. */
export interface SavedImage {
  readonly config: string;
  readonly tags: readonly string[];
  readonly layers: readonly string[];
}

const shape = z.array(
  z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()).nullish() }),
);

/** Reads the list in docker's manifest.json; empty when there is none. */
export async function savedImages(tree: FileTree, limits: ArchiveLimits): Promise<SavedImage[]> {
  if ((await tree.find('manifest.json')) === undefined) return [];
  const path = (text: string) => {
    try {
      return entryPath(text);
    } catch (error) {
      throw new RegistryError(
        'corrupt',
        `${tree.name}: manifest.json: ${JSON.stringify(text)}: ${(error as Error).message}`,
      );
    }
  };
  return (await readJsonDocument(tree, 'manifest.json', shape, limits)).map(({ Config, RepoTags, Layers }) => ({
    config: path(Config),
    tags: RepoTags ?? [],
    layers: (Layers ?? []).map(path),
  }));
}
