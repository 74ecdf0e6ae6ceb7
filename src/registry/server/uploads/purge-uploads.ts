import { lstat, readdir } from 'node:fs/promises';
import { repositoryFolders } from '../storage/catalog.js';
import { unlessMissing } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';
import { readPlain } from '../storage/plain-file.js';
import { leadsOut, removeWithin } from '../storage/within-storage.js';
import { isUploadId } from './upload-session.js';

/** Age at which an upload that was never ended is given up, in milliseconds: a week, as in docker-registry. */
export const uploadAge = 7 * 24 * 3600_000;

/** Characters of a time at most. */
const longestTime = 100;

/**
 * Removes what was begun so long ago that nobody goes on with it. A repository where that fails is reported, and left
 * alone. @returns how many there were
 */
export async function purgeUploads(
  layout: Layout,
  now: number,
  complain: (message: string) => void,
  age = uploadAge,
): Promise<number> {
  let removed = 0;
  for await (const name of repositoryFolders(layout, complain)) {
    try {
      for (const id of await oldUploads(layout, name, now - age)) {
        await removeWithin(layout, layout.upload(name, id));
        removed += 1;
      }
    } catch (error) {
      complain(`old uploads of ${name} could not be removed: ${String(error)}`); // The next day tries again.
    }
  }
  return removed;
}

/** Counts what {@link purgeUploads} would remove. */
export async function countOldUploads(
  layout: Layout,
  now: number,
  complain: (message: string) => void,
): Promise<number> {
  let count = 0;
  for await (const name of repositoryFolders(layout, complain)) {
    count += (await oldUploads(layout, name, now - uploadAge)).length;
  }
  return count;
}

async function oldUploads(layout: Layout, name: string, before: number): Promise<string[]> {
  if (leadsOut(layout, layout.upload(name, '-'))) return [];
  const old: string[] = [];
  for (const id of (await unlessMissing(readdir(layout.uploads(name)))) ?? []) {
    if (isUploadId(id) && (await beginTime(layout.upload(name, id))) <= before) old.push(id);
  }
  return old;
}

/** Returns when an upload began; one that ended meanwhile never did. */
async function beginTime(folder: string): Promise<number> {
  const text = await readPlain(`${folder}/startedat`, longestTime);
  const started = Date.parse(text?.toString('latin1') ?? '');
  return Number.isNaN(started) ? ((await unlessMissing(lstat(folder)))?.mtimeMs ?? Number.POSITIVE_INFINITY) : started;
}
