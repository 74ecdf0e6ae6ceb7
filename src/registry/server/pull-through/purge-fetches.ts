import { lstat, readdir } from 'node:fs/promises';
import { repositoryFolders } from '../storage/catalog.js';
import { unlessMissing } from '../storage/files.js';
import { plainSize } from '../storage/plain-file.js';
import { leadsOut, removeWithin } from '../storage/within-storage.js';
import type { Store } from '../store.js';
import { isUploadId } from '../uploads/upload-session.js';

/** File in the folder of an upload that is a blob from the upstream: nobody can go on with it. */
export const fetchMark = 'fetched';

/** Milliseconds without a byte after which it is what a killed server left. One that is under way never waits that long. */
const leftAfter = 600_000;

/** Removes what killed servers left of blobs on their way. @returns how many there were */
export async function purgeFetches({ layout, complain }: Store, now: number): Promise<number> {
  let removed = 0;
  for await (const name of repositoryFolders(layout, complain)) {
    if (await leadsOut(layout, layout.upload(name, '-'))) continue;
    for (const id of (await unlessMissing(readdir(layout.uploads(name)))) ?? []) {
      const folder = layout.upload(name, id);
      if (!isUploadId(id) || (await plainSize(`${folder}/${fetchMark}`)) === undefined) continue;
      const written = (await unlessMissing(lstat(`${folder}/data`)))?.mtimeMs ?? 0;
      if (written > now - leftAfter) continue;
      await removeWithin(layout, folder);
      removed += 1;
    }
  }
  return removed;
}
