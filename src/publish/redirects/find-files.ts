import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** File that was found below a folder. */
export interface JsonFile {
  /** Below the folder: `team/web.json`. */
  readonly path: string;
  readonly full: string;
  readonly stats: BigIntStats;
}

/** Numbers beyond which a folder is not searched. */
export interface SearchBounds {
  readonly files: number;
  readonly folders: number;
  readonly depth: number;
}

/** Files of a folder, in the order of their paths, and what could not be looked at. */
export interface JsonFiles {
  readonly files: readonly JsonFile[];
  readonly skipped: readonly string[];
}

/**
 * Finds the files whose names end in `.json` anywhere below a folder. Links are followed; a folder or file that is
 * reached in two ways is found once, by the path that comes first.
 * @throws Error of the system when the folder itself cannot be read, or a part of it fails to be
 */
export async function findJsonFiles(folder: string, bounds: SearchBounds): Promise<JsonFiles> {
  const files: JsonFile[] = [];
  const skipped: string[] = [];
  const seen = new Set<string>();
  let folders = 0;

  const search = async (path: string, depth: number): Promise<void> => {
    folders += 1;
    if (depth > bounds.depth || folders > bounds.folders) {
      skipped.push(`${path}: there are too many folders`);
      return;
    }
    for (const name of (await readdir(join(folder, path))).sort()) {
      const inner = path === '' ? name : `${path}/${name}`;
      const full = join(folder, inner);
      const stats = await reached(full, inner, skipped);
      if (stats === undefined) continue;
      const isFolder = stats.isDirectory();
      if (!isFolder && !(stats.isFile() && name.endsWith('.json'))) continue;
      const identity = `${stats.dev} ${stats.ino}`;
      if (seen.has(identity)) continue;
      seen.add(identity);
      if (isFolder) {
        try {
          await search(inner, depth + 1);
        } catch (error) {
          if (!passes(error)) throw error;
          skipped.push(`${inner}: ${String(error)}`);
        }
      } else if (files.length < bounds.files) files.push({ path: inner, full, stats });
      else if (files.length === bounds.files) {
        skipped.push(`${inner}: there are more than ${bounds.files} files`);
        return;
      }
    }
  };
  const root = await stat(folder, { bigint: true });
  seen.add(`${root.dev} ${root.ino}`);
  await search('', 0);
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, skipped: skipped.slice(0, 100) };
}

async function reached(full: string, path: string, skipped: string[]): Promise<BigIntStats | undefined> {
  try {
    return await stat(full, { bigint: true });
  } catch (error) {
    if (!passes(error)) throw error;
    // A file that has just been deleted is no news; a link that leads nowhere is.
    if (path.endsWith('.json')) skipped.push(`${path}: ${String(error)}`);
    return undefined;
  }
}

/** Returns true for an error of one file or folder. Any other means that the storage does not answer as it should. */
function passes(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['ENOENT', 'EACCES', 'EPERM', 'ELOOP', 'ENOTDIR', 'ENAMETOOLONG'].includes(code);
}
