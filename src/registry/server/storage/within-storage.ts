import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { mkdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { isMissing, StorageError, unlessMissing } from './files.js';
import type { Layout } from './layout.js';

/**
 * Returns true where a folder on the way to a path is a link out of the storage: its content must not be read, written
 * or deleted.
 */
export async function leadsOut(layout: Layout, path: string): Promise<boolean> {
  const [root, folder] = await Promise.all([unlessMissing(realpath(layout.folder)), nearestRealPath(dirname(path))]);
  return root !== undefined && folder !== undefined && !isWithin(root, folder);
}

/** {@link leadsOut}, at once. */
export function leadsOutNow(layout: Layout, path: string): boolean {
  try {
    return !isWithin(realpathSync.native(layout.folder), realpathSync.native(dirname(path)));
  } catch (error) {
    if (isMissing(error)) return false; // Then there is nothing to be read.
    throw error;
  }
}

/** Removes a folder of the storage with all in it. @throws Error when it lies elsewhere */
export async function removeWithin(layout: Layout, path: string): Promise<void> {
  await requireWithin(layout, path);
  await rm(path, { recursive: true, force: true });
}

/**
 * Removes a folder of a repository at once: it is moved aside, among the uploads, and removed there. A request that
 * writes into it meanwhile finds it gone, and makes another.
 * @throws Error when it lies elsewhere
 */
export async function removeAside(layout: Layout, name: string, path: string): Promise<void> {
  const aside = layout.upload(name, randomUUID());
  await Promise.all([requireWithin(layout, path), requireWithin(layout, aside)]);
  await mkdir(layout.uploads(name), { recursive: true });
  if ((await unlessMissing(rename(path, aside).then(() => true))) === undefined) return; // Another request was first.
  await rm(aside, { recursive: true, force: true });
}

/** @throws Error when a path leads out of the storage */
export async function requireWithin(layout: Layout, path: string): Promise<void> {
  if (await leadsOut(layout, path)) throw new StorageError(`${path} lies behind a link that leads out of the storage`);
}

/** Returns the real path of a folder, or of the nearest above it that is there. */
async function nearestRealPath(folder: string): Promise<string | undefined> {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    const real = await unlessMissing(realpath(at));
    if (real !== undefined) return real;
  }
  return undefined;
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
