import { z } from 'zod';
import { RegistryError } from '../../registry-error.js';
import { readJsonDocument } from '../trees/document.js';
import type { FileTree } from '../trees/file-tree.js';
import type { ArchiveLimits } from '../trees/limits.js';
import type { ArchiveContent } from './archive-content.js';
import { buildContent, type UnbuiltImage } from './built-content.js';
import { readV1Image, type V1Image, v1Config } from './v1-image.js';

const repositories = z.record(z.string(), z.record(z.string(), z.string()).nullable());
const id = /^[0-9a-f]{64}$/;

/** Reads what docker saved before 1.10: a folder for each layer, chained by `parent`; names in `repositories`. */
export async function readDockerSaveV1(
  tree: FileTree,
  limits: ArchiveLimits,
  signal?: AbortSignal,
): Promise<ArchiveContent> {
  const heads = new Map<string, string[]>();
  for (const [name, tags] of Object.entries(await readJsonDocument(tree, 'repositories', repositories, limits)))
    for (const [tag, image] of Object.entries(tags ?? {})) {
      const names = heads.get(image) ?? [];
      names.push(`${name}:${tag}`);
      heads.set(image, names);
    }
  const images: UnbuiltImage[] = [];
  for (const [head, names] of heads) images.push(await unbuiltImage(tree, head, names, limits));
  return buildContent(tree, images, [], limits, signal);
}

async function unbuiltImage(
  tree: FileTree,
  head: string,
  names: string[],
  limits: ArchiveLimits,
): Promise<UnbuiltImage> {
  const chain = new Map<string, V1Image>(); // The top first.
  for (let next: string | undefined = head; next !== undefined && next !== ''; ) {
    const current: string = next;
    if (!id.test(current))
      throw new RegistryError('corrupt', `${tree.name}: ${JSON.stringify(current)} is not an image's id`);
    if (chain.has(current)) throw new RegistryError('corrupt', `${tree.name}: image ${current} is its own ancestor`);
    const image = await readV1Image(tree, `${current}/json`, limits);
    chain.set(current, image);
    next = image.parent ?? undefined;
  }
  const images = [...chain.values()].reverse();
  return {
    names,
    layers: [...chain.keys()].reverse().map((id) => `${id}/layer.tar`),
    config: (diffIds) => ({ bytes: v1Config(images, diffIds) }),
  };
}
