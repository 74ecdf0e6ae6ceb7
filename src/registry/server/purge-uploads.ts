import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { repositoryFolders } from './catalog.js';
import { unlessMissing } from './files.js';
import type { Layout } from './layout.js';
import { isUploadId } from './names.js';

/** Age at which an upload that was never ended is given up, in milliseconds: a week, as in docker-registry. */
export const uploadAge = 7 * 24 * 3600_000;

/** Removes what was begun so long ago that nobody goes on with it. @returns how many there were */
export async function purgeUploads(layout: Layout, now: number, age = uploadAge): Promise<number> {
  let removed = 0;
  for await (const name of repositoryFolders(layout)) {
    for (const id of (await unlessMissing(readdir(layout.uploads(name)))) ?? []) {
      const folder = layout.upload(name, id);
      if (!isUploadId(id) || now - (await begun(folder, now)) < age) continue;
      await rm(folder, { recursive: true, force: true });
      removed += 1;
    }
  }
  return removed;
}

async function begun(folder: string, now: number): Promise<number> {
  const said = Date.parse((await unlessMissing(readFile(`${folder}/startedat`, 'utf8'))) ?? '');
  return Number.isNaN(said) ? ((await unlessMissing(stat(folder)))?.mtimeMs ?? now) : said;
}
