import { randomUUID } from 'node:crypto';
import { type FileHandle, rename, rm, unlink } from 'node:fs/promises';
import { writeNewFile } from '../../../files/replace-file.js';
import { type Digest, digestOf } from '../../digest.js';
import { inFolder, isCode, unlessMissing } from './files.js';
import type { Layout } from './layout.js';
import { openPlain, plainSizeNow, readPlain } from './plain-file.js';
import type { Uses } from './uses.js';
import { leadsOut, requireWithin } from './within-storage.js';

/** Returns the size of content in bytes; undefined when it isn't there. */
export function contentSize(layout: Layout, sha256: Digest): number | undefined {
  const path = `${layout.content(sha256)}/data`;
  const size = plainSizeNow(path);
  return size === undefined || leadsOut(layout, path) ? undefined : size;
}

/** Tells if content is there, whatever links lead to it: one call of the system, for manifests that name much. */
export function hasContent(layout: Layout, sha256: Digest): boolean {
  return plainSizeNow(`${layout.content(sha256)}/data`) !== undefined;
}

/** Opens content to read; undefined when it isn't there. */
export async function openContent(layout: Layout, sha256: Digest): Promise<FileHandle | undefined> {
  const path = `${layout.content(sha256)}/data`;
  return leadsOut(layout, path) ? undefined : await openPlain(path);
}

/** Reads content into memory; undefined when it isn't there, or has more than `most` bytes. */
export async function readContent(layout: Layout, sha256: Digest, most: number): Promise<Buffer | undefined> {
  const path = `${layout.content(sha256)}/data`;
  return leadsOut(layout, path) ? undefined : await readPlain(path, most);
}

/**
 * Moves a flushed file to its place as content. Existing content stays, unless it has another size, as after a crash of
 * the machine: then the new file, whose digest is known, replaces it.
 * @returns false where existing content stays, and the file too
 */
export async function keepContent(
  layout: Layout,
  uses: Uses,
  sha256: Digest,
  file: string,
  size: number,
): Promise<boolean> {
  const data = `${layout.content(sha256)}/data`;
  requireWithin(layout, data);
  if (await uses.renewContent(data, size)) return false;
  await inFolder(data, () => rename(file, data));
  uses.trust(data);
  return true;
}

/** Keeps bytes in memory as content; `name` is the repository in whose uploads they wait until they are whole. */
export async function keepBytes(layout: Layout, uses: Uses, name: string, bytes: Uint8Array): Promise<Digest> {
  const sha256 = digestOf(bytes);
  const [data, waiting] = [`${layout.content(sha256)}/data`, layout.upload(name, randomUUID())];
  requireWithin(layout, data, waiting);
  if (await uses.renewContent(data, bytes.length)) return sha256;
  let moved = false;
  try {
    await inFolder(waiting, () => writeNewFile(waiting, bytes, 0o644));
    moved = await keepContent(layout, uses, sha256, waiting, bytes.length);
  } finally {
    if (!moved) await unlessMissing(unlink(waiting));
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
