import { z } from 'zod';
import type { Digest } from '../../digest.js';
import { readJsonDocument } from '../trees/document.js';
import type { FileTree } from '../trees/file-tree.js';
import type { ArchiveLimits } from '../trees/limits.js';

const shape = z.looseObject({
  id: z.string().nullish(),
  parent: z.string().nullish(),
  created: z.string().nullish(),
  author: z.string().nullish(),
  comment: z.string().nullish(),
  container_config: z.looseObject({ Cmd: z.array(z.string()).nullish() }).nullish(),
});

/** An image (a layer) of docker's first format: its own JSON, which names its parent. */
export type V1Image = z.output<typeof shape>;

/** Reads the JSON of such an image. @throws RegistryError `corrupt` */
export function readV1Image(tree: FileTree, path: string, limits: ArchiveLimits): Promise<V1Image> {
  return readJsonDocument(tree, path, shape, limits);
}

/** Keys of the old format alone, which a config doesn't have (docker, image/spec v1.2). */
const old = ['id', 'parent', 'parent_id', 'layer_id', 'Size', 'throwaway'];

/** Makes the config of an image whose layers are given, the lowest first: the top one's, with a history of all. */
export function v1Config(images: readonly V1Image[], diffIds: readonly Digest[]): Buffer {
  const kept = Object.entries(images.at(-1) ?? {}).filter(([key]) => !old.includes(key));
  const history = images.map(({ created, author, comment, container_config }) => ({
    ...(!created ? {} : { created }),
    created_by: container_config?.Cmd?.join(' ') ?? '',
    ...(!author ? {} : { author }),
    ...(!comment ? {} : { comment }),
  }));
  const config = {
    architecture: 'amd64', // What docker ran on when it wrote none.
    os: 'linux',
    ...Object.fromEntries(kept),
    history,
    rootfs: { type: 'layers', diff_ids: diffIds },
  };
  return Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)))));
}
