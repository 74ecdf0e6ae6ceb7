import { z } from 'zod';
import { type Digest, digestOf } from '../../digest.js';
import { rawManifest, readManifest } from '../../manifest.js';
import { isRepository, isTag } from '../../names.js';
import { parseDocument, readDocument, readJsonDocument } from '../trees/document.js';
import type { FileTree } from '../trees/file-tree.js';
import type { ArchiveLimits } from '../trees/limits.js';
import type { ArchiveContent, ArchivedImage } from './archive-content.js';
import { storedContent } from './stored-content.js';

const shape = z.object({ name: z.string(), tags: z.array(z.string()) });

const schema1 = z.object({ schemaVersion: z.literal(1) });

/** Pulp 2 before 2.4 had one folder for all manifests; later one for each kind. Lists are what a client is given first. */
const folders = ['manifests/list', 'manifests/2', 'manifests'];

/** Reads the tree that Pulp 2 publishes for Crane (`web/<repository>`): blobs and manifests by digest, manifests by tag. */
export async function readPulpPublish(tree: FileTree, limits: ArchiveLimits): Promise<ArchiveContent> {
  const { name: repository, tags } = await readJsonDocument(tree, 'tags/list', shape, limits);
  const images: (ArchivedImage & { mediaType: string })[] = [];
  const left: string[] = [];
  const pathOf = new Map<Digest, string>();
  for (const tag of new Set(tags)) {
    const valid = isRepository(repository) && isTag(tag);
    const found = await findTagged(tree, tag, limits);
    if (found === undefined) left.push(tag);
    else {
      const { path, ...stored } = found;
      const names = valid ? { repository, tag } : { repository: undefined, tag: undefined };
      images.push({ ...names, ...stored, name: `${repository}:${tag}` });
      pathOf.set(found.digest, path);
    }
  }
  const storage = {
    manifest: (digest: Digest) => [
      ...folders.map((folder) => `${folder}/${digest}`),
      ...[pathOf.get(digest) ?? []].flat(),
    ],
    blob: (digest: Digest) => [`blobs/${digest}`],
  };
  const notices = left.length === 0 ? [] : [`left out, as there is only a manifest of schema 1: ${left.join(', ')}`];
  return storedContent(tree, storage, images, notices, limits);
}

async function findTagged(tree: FileTree, tag: string, limits: ArchiveLimits) {
  for (const path of folders.map((folder) => `${folder}/${tag}`)) {
    const bytes = await readDocument(tree, path, limits);
    if (bytes === undefined) continue;
    const raw = rawManifest(bytes);
    if (schema1.safeParse(parseDocument(bytes, tree, path)).success) continue;
    return { path, digest: digestOf(bytes), mediaType: readManifest(raw, `${tree.name}: ${path}`).mediaType };
  }
  return undefined;
}
