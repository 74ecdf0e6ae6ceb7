import { randomUUID } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { isMissing, StorageError, unlessMissing } from './files.js';
import type { Layout } from './layout.js';

/**
 * Returns true where a folder on the way to a path is a link out of the storage: its content must not be read, written
 * or deleted. Each request asks that, a push thirty times: it is synchronous, since two threads would take five times as
 * long.
 */
export function leadsOut(layout: Layout, path: string): boolean {
  const folder = nearestRealPath(dirname(path));
  const root = folder === undefined ? undefined : realPathOf(layout.folder);
  return root !== undefined && folder !== undefined && !isWithin(root, folder);
}

/** Removes a folder of the storage with all in it. @throws Error when it lies elsewhere */
export async function removeWithin(layout: Layout, path: string): Promise<void> {
  requireWithin(layout, path);
  await removeInTurn(path, new AbortController().signal);
}

/**
 * Removes a folder with all in it, what is directly in it one by one: to have Node remove thirty thousand folders at
 * once holds all else for seconds. An abort leaves the rest.
 */
export async function removeInTurn(path: string, signal: AbortSignal): Promise<void> {
  const stats = await unlessMissing(lstat(path));
  for (const entry of stats?.isDirectory() === true ? ((await unlessMissing(readdir(path))) ?? []) : []) {
    if (signal.aborted) return;
    await rm(join(path, entry), { recursive: true, force: true });
  }
  await rm(path, { recursive: true, force: true });
}

/**
 * Removes a folder of a repository at once: it is moved aside, among the uploads, and removed there. A request that
 * writes into it meanwhile finds it gone, and makes another.
 * @throws Error when it lies elsewhere
 */
export async function removeAside(layout: Layout, name: string, path: string): Promise<void> {
  const aside = layout.upload(name, randomUUID());
  requireWithin(layout, path, aside);
  await mkdir(layout.uploads(name), { recursive: true });
  if ((await unlessMissing(rename(path, aside).then(() => true))) === undefined) return; // Another request was first.
  await rm(aside, { recursive: true, force: true });
}

/** @throws Error when a path leads out of the storage */
export function requireWithin(layout: Layout, ...paths: readonly string[]): void {
  const outside = paths.find((path) => leadsOut(layout, path));
  if (outside !== undefined) throw new StorageError(`${outside} lies behind a link that leads out of the storage`);
}

/** Returns the real path of a folder, or of the nearest above it that is there. */
function nearestRealPath(folder: string): string | undefined {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    const real = realPathOf(at);
    if (real !== undefined) return real;
  }
  return undefined;
}

function realPathOf(path: string): string | undefined {
  try {
    // The error of a path that isn't there would take longer than to ask for it before.
    return statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : realpathSync.native(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
