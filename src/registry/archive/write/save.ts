import { basename, dirname, join } from 'node:path';
import { algorithmOf, type Digest } from '../../digest.js';
import { RegistryError } from '../../registry-error.js';
import { layoutBlobPath } from '../read/read-oci-layout.js';
import { checksumPath, partPath } from '../trees/parts.js';
import { statIfThere } from '../trees/stat-if-there.js';
import { type BlobToSave, type Collection, collectImages, type ImageToSave } from './collect-images.js';
import { fetchAhead } from './fetch-ahead.js';
import { fileOutput } from './file-output.js';
import { layoutDocuments } from './layout-documents.js';
import { folderWriter, type LayoutWriter, tarWriter } from './layout-writer.js';

export interface SaveOptions {
  readonly images: readonly ImageToSave[];
  /** A tar where it ends in `.tar`, else a folder. */
  readonly path: string;
  /** Bytes of a part: `path.part-001` and so on, and their checksums in `path.sha256`. Default: one file. */
  readonly splitSize?: number | undefined;
  /** True replaces an existing file or folder. */
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((progress: SaveProgress) => void) | undefined;
}

/** Progress of saving, in blobs (manifests included) and bytes. */
export interface SaveProgress {
  readonly blobs: number;
  readonly allBlobs: number;
  readonly bytes: number;
  readonly allBytes: number;
}

export interface SaveResult extends Pick<Collection, 'images' | 'shared' | 'foreign' | 'lost'> {
  /** The files written, or the folder. */
  readonly paths: readonly string[];
  /** Manifests and blobs written. */
  readonly blobs: number;
  readonly bytes: number;
}

/**
 * Writes images into an OCI archive that podman, skopeo, docker and openArchive read: each manifest and blob once, equal
 * bytes for equal images. It appears under its name when it is whole. Manifests stay as they are: those of Docker's types
 * skopeo finds only when it reads the tar as `docker-archive:`.
 * @throws RegistryError `input` when something is there already, `not-found` for an image or a part of one, `corrupt`
 */
export async function saveOciArchive(given: SaveOptions): Promise<SaveResult> {
  const options = { ...given, path: given.path.replace(/(?<=[^/])\/+$|(?<=^\/)\/+$/, '') };
  const { path, images, splitSize, signal } = options;
  await requireWritable(options);
  const collection = await collectImages(images);
  const writer = path.endsWith('.tar') ? tarWriter(fileOutput(path, splitSize)) : await folderWriter(path);
  try {
    const written = await writeLayout(writer, collection, options);
    const { images: saved, shared, foreign, lost } = collection;
    return { images: saved, shared, foreign, lost, ...written, paths: await writer.finish() };
  } catch (error) {
    await writer.abandon();
    if (signal?.aborted === true)
      throw new RegistryError('interrupted', `could not save ${path}: interrupted`, { cause: error });
    throw error;
  }
}

/** Writes the files of a layout: its documents, then each manifest and blob once. */
export async function writeLayout(
  writer: LayoutWriter,
  { images, manifests, blobs }: Omit<Collection, 'lost'>,
  options: SaveOptions,
) {
  const { signal, progress } = options;
  for (const { path, bytes } of layoutDocuments(images, (digest) => manifests.get(digest)?.manifest))
    await writer.file(path, bytes.length, yieldBytes(bytes));
  const digests = [...new Set([...manifests.keys(), ...blobs.keys()])].sort();
  const sizeOf = (digest: Digest) => manifests.get(digest)?.raw.bytes.length ?? blobs.get(digest)?.descriptor.size ?? 0;
  const allBytes = digests.reduce((sum, digest) => sum + sizeOf(digest), 0);
  const done = { blobs: 0, bytes: 0 };
  const report = () => progress?.({ ...done, allBlobs: digests.length, allBytes });
  await writer.folder('blobs');
  for (const algorithm of [...new Set(digests.map(algorithmOf))].sort()) await writer.folder(join('blobs', algorithm));
  async function* countBytes(content: AsyncIterable<Buffer>) {
    for await (const chunk of content) {
      signal?.throwIfAborted();
      done.bytes += chunk.length;
      yield chunk;
      report();
    }
  }
  const put = async (digest: Digest, content: AsyncIterable<Buffer>) => {
    await writer.file(layoutBlobPath(digest), sizeOf(digest), countBytes(content));
    done.blobs += 1;
    report();
  };
  for (const [digest, { raw }] of [...manifests].sort(byDigest)) await put(digest, yieldBytes(Buffer.from(raw.bytes)));
  const rest: BlobToSave[] = [...blobs].sort(byDigest).flatMap(([digest, blob]) => (manifests.has(digest) ? [] : blob));
  for (const { descriptor, content } of fetchAhead(rest)) await put(descriptor.digest, content());
  return done;
}

async function requireWritable({ path, splitSize, force = false, images }: SaveOptions): Promise<void> {
  if (images.length === 0) throw new RegistryError('input', `no image to save into ${path}`);
  if (/\.(tgz|tar\.\w+)$/.test(path))
    throw new RegistryError('input', `${path}: archives are written as .tar`, {
      hint: 'layers are compressed already',
    });
  if (splitSize !== undefined && !(Number.isSafeInteger(splitSize) && splitSize >= 512))
    throw new RegistryError('input', `parts of ${splitSize} bytes: at least 512 are needed`);
  if (splitSize !== undefined && !path.endsWith('.tar'))
    throw new RegistryError('input', `${path} would be a folder, and only a .tar is divided into parts`);
  if ((await statIfThere(dirname(path)))?.isDirectory() !== true)
    throw new RegistryError('input', `there is no folder ${dirname(path)} to save ${basename(path)} in`);
  for (const there of [path, partPath(path, 1), checksumPath(path)]) {
    const found = await statIfThere(there);
    if (found === undefined) continue;
    if (!force)
      throw new RegistryError('input', `${there} is there already`, {
        hint: 'give another name, or --force to replace it',
      });
    if (there !== path) continue;
    if (found.isDirectory() && (path.endsWith('.tar') || (await statIfThere(join(path, 'oci-layout'))) === undefined))
      throw new RegistryError('input', `${path} is a folder, and not one of images: it is not replaced`);
    if (!found.isDirectory() && !path.endsWith('.tar'))
      throw new RegistryError('input', `${path} is a file, and a name without .tar means a folder: it is not replaced`);
  }
}

async function* yieldBytes(bytes: Buffer) {
  yield bytes;
}

function byDigest([a]: [Digest, unknown], [b]: [Digest, unknown]): number {
  return a < b ? -1 : 1;
}
