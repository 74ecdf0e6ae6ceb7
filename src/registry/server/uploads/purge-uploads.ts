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

/** Removes what was begun so long ago that nobody goes on with it. @returns how many there were */
export async function purgeUploads(layout: Layout, now: number, age = uploadAge): Promise<number> {
  let removed = 0;
  for await (const name of repositoryFolders(layout)) {
    if (await leadsOut(layout, layout.upload(name, '-'))) continue;
    for (const id of (await unlessMissing(readdir(layout.uploads(name)))) ?? []) {
      const folder = layout.upload(name, id);
      if (!isUploadId(id) || now - (await beginTime(folder, now)) < age) continue;
      await removeWithin(layout, folder);
      removed += 1;
    }
  }
  return removed;
}

async function beginTime(folder: string, now: number): Promise<number> {
  const text = await readPlain(`${folder}/startedat`, longestTime);
  const started = Date.parse(text?.toString('latin1') ?? '');
  return Number.isNaN(started) ? ((await unlessMissing(lstat(folder)))?.mtimeMs ?? now) : started;
}
