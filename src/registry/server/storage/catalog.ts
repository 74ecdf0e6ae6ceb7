import { readdir } from 'node:fs/promises';
import { isRepository } from '../../names.js';
import { ClosedFolders } from './closed-folders.js';
import { unlessMissing } from './files.js';
import type { Layout } from './layout.js';

/**
 * Lists the repositories behind `last` that a caller may see, `most` at most. The order is that of the folders (a/b comes before a-b), as in
 * docker-registry: a page can be found without reading all of the tree.
 */
export async function repositories(
  layout: Layout,
  last: string,
  most: number,
  closed: ClosedFolders,
  isShown: (name: string) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, entries } of walk(layout, '', last === '' ? undefined : last.split('/'), closed)) {
    if (found.length >= most) break;
    if ((entries.includes('_layers') || entries.includes('_manifests')) && isShown(name)) found.push(name);
  }
  return found;
}

/** Finds every repository with an upload, also of those that have nothing else yet. */
export async function* repositoryFolders(layout: Layout, complain: (message: string) => void): AsyncGenerator<string> {
  for await (const { name, entries } of walk(layout, '', undefined, new ClosedFolders(complain))) {
    if (entries.includes('_uploads')) yield name;
  }
}

/** Finds the repositories in a folder of repositories, and the folder itself where it is one; empty: all there are. */
export async function* repositoriesBelow(
  layout: Layout,
  folder: string,
  complain: (message: string) => void,
): AsyncGenerator<string> {
  for await (const { name, entries } of walk(layout, folder, undefined, new ClosedFolders(complain))) {
    if (entries.includes('_layers') || entries.includes('_manifests')) yield name;
  }
}

interface Folder {
  readonly name: string;
  readonly entries: readonly string[];
}

/**
 * Walks the folders whose names can be repositories'. Links are not followed: they lead elsewhere, or round in a
 * circle. `bound`: rest of the last name shown; undefined where all lies behind it.
 */
async function* walk(
  layout: Layout,
  name: string,
  bound: readonly string[] | undefined,
  closed: ClosedFolders,
): AsyncGenerator<Folder> {
  const entries =
    name === '' ? await foldersIn(layout.repositories) : await foldersWithin(layout.repository(name), closed);
  if (bound === undefined && name !== '') yield { name, entries };
  const first = bound?.[0] ?? '';
  for (const entry of entries.sort()) {
    const inner = name === '' ? entry : `${name}/${entry}`;
    if (entry < first || !isRepository(inner)) continue;
    yield* walk(layout, inner, entry === first ? bound?.slice(1) : undefined, closed);
  }
}

/** Returns the names of the folders in a folder; of one that can't be read none, which does not hide all others. */
async function foldersWithin(path: string, closed: ClosedFolders): Promise<string[]> {
  try {
    const folders = await foldersIn(path);
    closed.recordRead(path);
    return folders;
  } catch (error) {
    closed.report(path, error);
    return [];
  }
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = (await unlessMissing(readdir(path, { withFileTypes: true }))) ?? [];
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}
