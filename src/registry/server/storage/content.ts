import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, rename, rm } from 'node:fs/promises';
import { writeNewFile } from '../../../files/replace-file.js';
import { type Digest, digestOf } from '../../digest.js';
import { inFolder, isCode } from './files.js';
import type { Layout } from './layout.js';
import { openPlain, plainSize, readPlain } from './plain-file.js';
import type { Uses } from './uses.js';
import { leadsOut, requireWithin } from './within-storage.js';

/** Returns the size of content in bytes; undefined when it isn't there. */
export async function contentSize(layout: Layout, sha256: Digest): Promise<number | undefined> {
  const path = `${layout.content(sha256)}/data`;
  const [size, elsewhere] = await Promise.all([plainSize(path), leadsOut(layout, path)]);
  return elsewhere ? undefined : size;
}

/** Tells if content is there, whatever links lead to it: one call of the system, for manifests that name much. */
export async function hasContent(layout: Layout, sha256: Digest): Promise<boolean> {
  return (await plainSize(`${layout.content(sha256)}/data`)) !== undefined;
}

/** Opens content to read; undefined when it isn't there. */
export async function openContent(layout: Layout, sha256: Digest): Promise<FileHandle | undefined> {
  const path = `${layout.content(sha256)}/data`;
  return (await leadsOut(layout, path)) ? undefined : await openPlain(path);
}

/** Reads content into memory; undefined when it isn't there, or has more than `most` bytes. */
export async function readContent(layout: Layout, sha256: Digest, most: number): Promise<Buffer | undefined> {
  const path = `${layout.content(sha256)}/data`;
  return (await leadsOut(layout, path)) ? undefined : await readPlain(path, most);
}

/**
 * Moves a flushed file to its place as content. Existing content stays, unless it has another size, as after a crash of
 * the machine: then the new file, whose digest is known, replaces it.
 */
export async function keepContent(
  layout: Layout,
  uses: Uses,
  sha256: Digest,
  file: string,
  size: number,
): Promise<void> {
  const data = `${layout.content(sha256)}/data`;
  await requireWithin(layout, data);
  if (await uses.renewContent(data, size)) return;
  await inFolder(data, () => rename(file, data));
  uses.trust(data);
}

/** Keeps bytes in memory as content; `name` is the repository in whose uploads they wait until they are whole. */
export async function keepBytes(layout: Layout, uses: Uses, name: string, bytes: Uint8Array): Promise<Digest> {
  const sha256 = digestOf(bytes);
  const [data, folder] = [`${layout.content(sha256)}/data`, layout.upload(name, randomUUID())];
  await Promise.all([requireWithin(layout, data), requireWithin(layout, folder)]);
  if (await uses.renewContent(data, bytes.length)) return sha256;
  await mkdir(folder, { recursive: true });
  try {
    await writeNewFile(`${folder}/data`, bytes, 0o644);
    await keepContent(layout, uses, sha256, `${folder}/data`, bytes.length);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return sha256;
}

/** Makes a folder appear with all that is in it: `fill` gets a path beside. False when one is there already. */
export async function createWhole(
  path: string,
  waiting: string,
  fill: (folder: string) => Promise<void>,
): Promise<boolean> {
  await fill(waiting);
  try {
    await inFolder(path, () => rename(waiting, path));
    return true;
  } catch (error) {
    await rm(waiting, { recursive: true, force: true });
    if (isCode(error, 'ENOTEMPTY') || isCode(error, 'EEXIST')) return false;
    throw error;
  }
}
