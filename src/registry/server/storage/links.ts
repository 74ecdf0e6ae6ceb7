import { type Digest, isDigest } from '../../digest.js';
import { writeWhole } from './files.js';
import type { Layout } from './layout.js';
import { readPlain } from './plain-file.js';
import { requireWithin } from './within-storage.js';

/** Bytes of a link at most: the longest digest, and a line end that somebody's editor put behind it. */
export const longestLink = 256;

/** Reads the digest of a link; undefined when there is none, or one that was cut short. */
export async function readLink(path: string): Promise<Digest | undefined> {
  const text = (await readPlain(path, longestLink))?.toString('latin1').trim();
  return text !== undefined && isDigest(text) ? text : undefined;
}

/** Writes a link unless it is there as it should be. @throws Error when its place isn't in the storage */
export async function writeLink(layout: Layout, path: string, target: Digest): Promise<void> {
  if ((await readLink(path)) === target) return;
  await requireWithin(layout, path);
  await writeWhole(path, target);
}
