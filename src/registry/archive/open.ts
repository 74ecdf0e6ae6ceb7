import { RegistryError } from '../registry-error.js';
import { type ArchiveSource, archiveSource } from './archive-source.js';
import type { ArchiveContent } from './read/archive-content.js';
import { readDockerSave } from './read/read-docker-save.js';
import { readDockerSaveV1 } from './read/read-docker-save-v1.js';
import { readOciLayout } from './read/read-oci-layout.js';
import { pulpRedirects, readPulpExport } from './read/read-pulp-export.js';
import { readPulpPublish } from './read/read-pulp-publish.js';
import { readSkopeoDir } from './read/read-skopeo-dir.js';
import { withValidNames } from './read/valid-names.js';
import { type ArchiveBytes, fileBytes } from './trees/archive-bytes.js';
import { compressionOf, longestMagic } from './trees/compression.js';
import { readDocument } from './trees/document.js';
import type { FileTree } from './trees/file-tree.js';
import { folderTree } from './trees/folder-tree.js';
import { type ArchiveLimits, defaultArchiveLimits } from './trees/limits.js';
import { openParts, partsOf } from './trees/parts.js';
import { statIfThere } from './trees/stat-if-there.js';
import { producedTree } from './trees/tar/produced-tree.js';
import type { TarProducer } from './trees/tar/tar-passes.js';
import { tarTree } from './trees/tar/tar-tree.js';

export interface OpenArchiveOptions {
  readonly limits?: Partial<ArchiveLimits>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens an archive of images as a source, whatever wrote it. Known are an OCI layout (folder or tar), docker's `save`
 * of any age, skopeo's `dir:` (folder or tar), Pulp 2's export, and the tree that Pulp 2 publishes. A tar is read in
 * place; a compressed one (gzip, zstd, xz, bzip2, lz4) is unpacked into a temporary file without a name. Parts are given by the first of them,
 * or by their name without `.part-001`.
 * @throws RegistryError `input` when it isn't there or of no known format, `corrupt` naming archive and entry,
 * `unsupported`
 */
export async function openArchive(
  path: string,
  { limits: given, signal }: OpenArchiveOptions = {},
): Promise<ArchiveSource> {
  const limits = { ...defaultArchiveLimits, ...given };
  try {
    const tree = await treeAt(path, limits, signal);
    const content = await closeOnError(tree, withCheckedNames(tree, limits, readFormat(tree, limits, signal)));
    return archiveSource(path, content, () => tree.close());
  } catch (error) {
    if (signal?.aborted === true)
      throw new RegistryError('interrupted', `could not open ${path}: interrupted`, { cause: error });
    throw error;
  }
}

/**
 * Opens what a program prints as {@link openArchive} does a file.
 * @param name for errors: `docker save`
 * @throws RegistryError as `openArchive`
 */
export async function openProducedArchive(
  producer: TarProducer,
  name: string,
  { limits: given, signal }: OpenArchiveOptions = {},
): Promise<ArchiveSource> {
  const limits = { ...defaultArchiveLimits, ...given };
  const tree = await producedTree(producer, name, limits);
  const content = await closeOnError(tree, withCheckedNames(tree, limits, readFormat(tree, limits, signal)));
  return archiveSource(name, content, () => tree.close());
}

async function withCheckedNames({ name }: FileTree, limits: ArchiveLimits, reading: Promise<ArchiveContent>) {
  return withValidNames(name, await reading, limits);
}

async function closeOnError<T>(tree: FileTree, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    await tree.close();
    throw error;
  }
}

async function readFormat(
  tree: FileTree,
  limits: ArchiveLimits,
  signal: AbortSignal | undefined,
): Promise<ArchiveContent> {
  const has = async (path: string) => (await tree.find(path)) !== undefined;
  if (await has('oci-layout')) return readOciLayout(tree, limits);
  if (await has('manifest.json')) {
    return (await isList(tree, limits)) ? readDockerSave(tree, limits, signal) : readSkopeoDir(tree, limits);
  }
  if (await has('repositories')) return readDockerSaveV1(tree, limits, signal);
  if ((await has('tags/list')) && (await tree.list('manifests')).length > 0) return readPulpPublish(tree, limits);
  if ((await pulpRedirects(tree, limits)).size > 0) return readPulpExport(tree, limits, signal);
  const names = (await tree.list('')).slice(0, 5);
  throw new RegistryError(
    'input',
    `${tree.name} is no archive of images: ${names.length === 0 ? 'it is empty' : `at its root it has ${names.join(', ')}`}`,
    { hint: 'give an OCI layout, a file that docker, podman or skopeo saved, or an export of Pulp 2' },
  );
}

/** Returns true for docker's manifest.json, which is a list; skopeo's is a manifest. */
async function isList(tree: FileTree, limits: ArchiveLimits): Promise<boolean> {
  const bytes = (await readDocument(tree, 'manifest.json', limits)) ?? Buffer.alloc(0);
  return bytes.toString('utf8').trimStart().startsWith('[');
}

/** Opens the files of an archive, whatever wrote it. @throws RegistryError `input` when it isn't there */
export async function treeAt(path: string, limits: ArchiveLimits, signal: AbortSignal | undefined): Promise<FileTree> {
  const found = await statIfThere(path); // Where it isn't, its parts may be.
  if (found?.isDirectory() === true) return folderTree(path);
  const parts = await partsOf(path);
  if (parts === undefined && found === undefined) throw new RegistryError('input', `there is no archive ${path}`);
  if (parts === undefined && found?.isFile() !== true)
    throw new RegistryError('input', `${path} is neither a file nor a folder`);
  let bytes = parts === undefined ? await fileBytes(path) : await openParts(parts, signal);
  try {
    bytes = await unpackIfPacked(bytes, path, limits);
    return await tarTree(bytes, path, limits);
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

async function unpackIfPacked(bytes: ArchiveBytes, path: string, limits: ArchiveLimits): Promise<ArchiveBytes> {
  const compression = compressionOf(await bytes.read(0, longestMagic));
  if (compression === undefined) return bytes;
  const { unpackArchive } = await import('./trees/unpack.js');
  const file = await unpackArchive(bytes, compression, path, limits);
  await bytes.close();
  return file;
}
