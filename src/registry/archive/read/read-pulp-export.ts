import { z } from 'zod';
import { RegistryError } from '../../registry-error.js';
import { parseDocument, readDocument, readJsonDocument } from '../trees/document.js';
import type { FileTree } from '../trees/file-tree.js';
import type { ArchiveLimits } from '../trees/limits.js';
import type { ArchiveContent } from './archive-content.js';
import { buildContent, type UnbuiltImage } from './built-content.js';
import { readV1Image, v1Config } from './v1-image.js';

const redirect = z.object({
  version: z.literal(1),
  'repo-registry-id': z.string(),
  tags: z.record(z.string(), z.string()),
});
const ancestry = z.array(z.string().regex(/^[0-9a-f]{64}$/)).min(1);

/** Reads Pulp 2's redirect files at the root of an export (Crane reads the same), by file name. */
export async function pulpRedirects(
  tree: FileTree,
  limits: ArchiveLimits,
): Promise<Map<string, z.output<typeof redirect>>> {
  const found = new Map<string, z.output<typeof redirect>>();
  for (const name of await tree.list('')) {
    const bytes = name.endsWith('.json') ? await readDocument(tree, name, limits) : undefined;
    const parsed = bytes === undefined ? undefined : redirect.safeParse(parseDocument(bytes, tree, name));
    if (parsed?.success === true) found.set(name, parsed.data);
  }
  return found;
}

/** Reads Pulp 2's export of docker's first format: `<repository>.json`, and `ancestry`, `json` and `layer` of each image. */
export async function readPulpExport(
  tree: FileTree,
  limits: ArchiveLimits,
  signal?: AbortSignal,
): Promise<ArchiveContent> {
  const images: UnbuiltImage[] = [];
  const notices: string[] = [];
  for (const [file, { 'repo-registry-id': repository, tags }] of await pulpRedirects(tree, limits)) {
    if (Object.keys(tags).length === 0) notices.push(`${file} has no tags: nothing of ${repository} is read`);
    for (const [image, names] of namesById(repository, tags)) {
      images.push(await unbuiltImage(tree, await folderOf(tree, file, image), image, names, limits));
    }
  }
  return buildContent(tree, images, notices, limits, signal);
}

function namesById(repository: string, tags: Readonly<Record<string, string>>): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const [tag, image] of Object.entries(tags)) {
    const known = names.get(image) ?? [];
    known.push(`${repository}:${tag}`);
    names.set(image, known);
  }
  return names;
}

/**
 * Finds the folder of an image. Pulp's code writes `web/`; its documentation says the repository's name (pulp_docker,
 * export distributor).
 */
async function folderOf(tree: FileTree, file: string, image: string): Promise<string> {
  for (const folder of ['web', file.slice(0, -'.json'.length)])
    if ((await tree.find(`${folder}/${image}/ancestry`)) !== undefined) return folder;
  throw new RegistryError(
    'corrupt',
    `${tree.name}: ${file} names image ${JSON.stringify(image)}, and its ancestry is not in it`,
  );
}

async function unbuiltImage(
  tree: FileTree,
  folder: string,
  image: string,
  names: string[],
  limits: ArchiveLimits,
): Promise<UnbuiltImage> {
  const ids = (await readJsonDocument(tree, `${folder}/${image}/ancestry`, ancestry, limits)).reverse();
  if (new Set(ids).size < ids.length)
    throw new RegistryError('corrupt', `${tree.name}: image ${image} is its own ancestor`);
  const images: Awaited<ReturnType<typeof readV1Image>>[] = [];
  for (const id of ids) images.push(await readV1Image(tree, `${folder}/${id}/json`, limits));
  return {
    names,
    layers: ids.map((id) => `${folder}/${id}/layer`),
    config: (diffIds) => ({ bytes: v1Config(images, diffIds) }),
  };
}
