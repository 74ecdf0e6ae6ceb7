import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { writeNewFile } from '../../../files/replace-file.js';
import { type Digest, isDigest } from '../../digest.js';
import { isCode, makeFolderOf } from './files.js';
import type { Layout } from './layout.js';
import { readPlain, readPlainNow } from './plain-file.js';
import type { Uses } from './uses.js';
import { requireWithin } from './within-storage.js';

/** Bytes of a link at most: the longest digest, and a line end that somebody's editor put behind it. */
const longestLink = 256;

/** Reads the digest of a link; undefined when there is none, or one that was cut short. */
export async function readLink(path: string): Promise<Digest | undefined> {
  return digestIn(await readPlain(path, longestLink));
}

/** {@link readLink}, at once: for a request, which reads one or two. */
export function readLinkNow(path: string): Digest | undefined {
  return digestIn(readPlainNow(path, longestLink));
}

function digestIn(bytes: Buffer | undefined): Digest | undefined {
  const text = bytes?.toString('latin1').trim();
  return text !== undefined && isDigest(text) ? text : undefined;
}

/** {@link writeLink}; one that is there as it should be is recorded as used, so that it isn't collected. */
export async function renewLink(layout: Layout, uses: Uses, name: string, path: string, target: Digest): Promise<void> {
  if (readLinkNow(path) === target && (await uses.renew(path))) return;
  await placeLink(layout, name, path, target);
}

/** Times that a link is written anew whose folder another request takes away meanwhile. */
const mostTries = 50;

/**
 * Writes a link of a repository unless it is there as it should be, all of it or none. Until it is whole it waits among
 * the uploads, with which it is purged if the process ends meanwhile.
 * @throws Error when its place isn't in the storage
 */
export async function writeLink(layout: Layout, name: string, path: string, target: Digest): Promise<void> {
  if (readLinkNow(path) !== target) await placeLink(layout, name, path, target);
}

async function placeLink(layout: Layout, name: string, path: string, target: Digest): Promise<void> {
  const waiting = layout.upload(name, randomUUID());
  requireWithin(layout, path, waiting);
  await inFolderOf(waiting, () => writeNewFile(waiting, target, 0o644));
  try {
    await inFolderOf(path, () => rename(waiting, path));
  } catch (error) {
    await rm(waiting, { force: true });
    throw error;
  }
}

/** Puts something at a path; its folder is made where it isn't there, as often as another request takes it away. */
async function inFolderOf(path: string, work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await makeFolderOf(path);
    try {
      return await work();
    } catch (error) {
      if (!isCode(error, 'ENOENT') || tries === mostTries) throw error;
    }
  }
}
