import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isRecord } from '../../model/is-record.js';
import { treeAt } from '../../registry/archive/open.js';
import { parseDocument, readDocument } from '../../registry/archive/trees/document.js';
import type { FileTree } from '../../registry/archive/trees/file-tree.js';
import { defaultArchiveLimits } from '../../registry/archive/trees/limits.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ImageRedirect } from '../redirects/redirect.js';
import { appFolder } from './app-name.js';
import { forEver, type PublishedObject, type PublishedTag, type PublishLayout } from './publication.js';
import { ancestryOfBytes, layerStage, skipNotices, type V1Options, v1Files, v1Json } from './v1-objects.js';

const limits = defaultArchiveLimits;

/** Part of a key that an image's id may be. */
const idShape = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

const redirectShape = z.object({
  version: z.literal(1),
  'repo-registry-id': z.string(),
  images: z.array(z.object({ id: z.string() })),
  tags: z.record(z.string(), z.string()),
  protected: z.boolean().default(false),
});
const ancestryShape = z.array(z.string().regex(idShape));

/** Opened export of Pulp 2: its images are published as they are. */
export interface PulpExport {
  readonly tree: FileTree;
  /** Path of its redirect file in it. */
  readonly metadata: string;
}

/**
 * Opens an export of Pulp 2, a tar or its folder; nothing of it is extracted.
 * @returns undefined where it is something else: it has no folder `web`, or is an archive of images of today
 * @throws RegistryError `input` with `More than one metadata file found` where not exactly one JSON file is in its root
 */
export async function openPulpExport(path: string, signal?: AbortSignal): Promise<PulpExport | undefined> {
  const tree = await treeAt(path, limits, signal);
  try {
    const root = await tree.list('');
    if (!root.includes('web') || root.some((name) => ['oci-layout', 'manifest.json', 'tags'].includes(name))) {
      await tree.close();
      return undefined;
    }
    const found = root.filter((name) => name.endsWith('.json'));
    const [metadata, ...others] = found;
    if (metadata === undefined || others.length > 0)
      throw new RegistryError('input', 'More than one metadata file found', {
        hint: `give a tar with exactly one *.json in its root: ${path} has ${found.length}`,
      });
    return { tree, metadata };
  } catch (error) {
    await tree.close();
    throw error;
  }
}

/** Makes the layout of the first docker-registry for an export of Pulp 2: its files as they are, in their order in the tar. */
export function pulpExportLayout({ tree, metadata }: PulpExport, { app, name, mask }: V1Options): PublishLayout {
  const folder = appFolder(app);
  return {
    kind: 'v1',
    isProtected: () => isProtected(tree, metadata),
    async plan() {
      const notices: string[] = [];
      const ids = await imageIds(tree, notices);
      const redirect = await readRedirect(tree, metadata);
      const objects: PublishedObject[] = [];
      const ancestries = new Map<string, readonly string[]>();
      for (const id of ids.filter((each) => !mask.has(each))) {
        const document = async (file: string) => {
          const bytes = await readDocument(tree, `web/${id}/${file}`, limits);
          return bytes ?? Buffer.alloc(0);
        };
        const ancestry = await document('ancestry');
        const parsed = ancestryShape.safeParse(parseDocument(ancestry, tree, `web/${id}/ancestry`));
        if (!parsed.success || parsed.data[0] !== id)
          throw new RegistryError(
            'corrupt',
            `${tree.name}: web/${id}/ancestry is no list of ids that begins with its own`,
          );
        ancestries.set(id, parsed.data);
        objects.push(await layerObject(tree, folder, id));
        objects.push(v1Json(folder, id, await document('json')), ancestryOfBytes(folder, id, ancestry));
      }
      const skipped = ids.filter((id) => mask.has(id));
      return {
        kind: 'v1',
        name,
        folder: `${folder}/`,
        prefix: `${folder}/`,
        there: new Map(),
        objects,
        tags: tagsOf(redirect, ancestries, folder),
        redirect: redirect === undefined ? undefined : (url) => ({ ...redirect, name, repository: folder, url }),
        notices: [...notices, ...skipNotices(skipped)],
      };
    },
  };
}

/** Lists the images of an export that are whole, as they lie in the tar. @throws RegistryError `corrupt` for one that is not */
async function imageIds(tree: FileTree, notices: string[]): Promise<string[]> {
  const places = new Map<string, number>();
  const others: string[] = [];
  for (const id of await tree.list('web')) {
    if (!idShape.test(id)) {
      others.push(id);
      continue;
    }
    const files = await tree.list(`web/${id}`);
    others.push(...files.filter((file) => !v1Files.some((known) => known === file)).map((file) => `${id}/${file}`));
    const found = await Promise.all(v1Files.map(async (file) => tree.find(`web/${id}/${file}`)));
    const missing = v1Files.find((_, at) => found[at] === undefined);
    if (missing !== undefined) throw new RegistryError('corrupt', `${tree.name}: web/${id}/${missing} is not in it`);
    places.set(id, Math.min(...found.map((file) => file?.place ?? 0)));
  }
  const some = others.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 200)));
  if (others.length > 0)
    notices.push(`left out, as no image has such files: ${some.join(', ')}${others.length > 5 ? ' and more' : ''}`);
  if (places.size === 0)
    throw new RegistryError('input', `${tree.name} has no images: its folder web is empty`, {
      hint: 'export the repository again',
    });
  return [...places].sort(([, a], [, b]) => a - b).map(([id]) => id);
}

/** Makes the object of a layer. Its bytes are read once for their digest, and again when they are sent. */
async function layerObject(tree: FileTree, folder: string, id: string): Promise<PublishedObject> {
  const path = `web/${id}/layer`;
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  let size = 0;
  for await (const chunk of await tree.stream(path)) {
    sha256.update(chunk);
    md5.update(chunk);
    size += chunk.length;
  }
  return {
    key: `${folder}/${id}/layer`,
    stage: layerStage,
    size,
    sha256: sha256.digest('hex'),
    md5: md5.digest('hex'),
    contentType: 'application/octet-stream',
    cacheControl: forEver,
    isAddressed: false,
    content: (from) => tree.stream(path, from),
  };
}

/** Tells if a redirect file says that its repository is protected, in whatever words: what is not read as one may still say it. */
async function isProtected(tree: FileTree, path: string): Promise<boolean> {
  const value = await readMetadata(tree, path);
  const said = isRecord(value) ? value.protected : undefined;
  return said !== undefined && said !== null && said !== false;
}

async function readMetadata(tree: FileTree, path: string): Promise<unknown> {
  const bytes = await readDocument(tree, path, limits);
  return bytes === undefined ? undefined : parseDocument(bytes, tree, path);
}

async function readRedirect(tree: FileTree, path: string): Promise<ImageRedirect | undefined> {
  const { data } = redirectShape.safeParse(await readMetadata(tree, path));
  if (data === undefined) return undefined;
  return {
    version: 1,
    name: data['repo-registry-id'],
    repository: path.replace(/\.json$/, ''),
    url: '',
    isProtected: data.protected,
    images: data.images.map(({ id }) => id),
    tags: data.tags,
  };
}

function tagsOf(
  redirect: ImageRedirect | undefined,
  ancestries: ReadonlyMap<string, readonly string[]>,
  folder: string,
): PublishedTag[] {
  return Object.entries(redirect?.tags ?? {}).map(([tag, top]) => {
    const ids = (ancestries.get(top) ?? []).filter((id) => ancestries.has(id));
    return {
      tag,
      documents: ids.flatMap((id) => [`${folder}/${id}/json`, `${folder}/${id}/ancestry`]),
      layers: ids.map((id) => `${folder}/${id}/layer`),
    };
  });
}
