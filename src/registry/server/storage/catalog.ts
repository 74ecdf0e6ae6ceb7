import { readdir } from 'node:fs/promises';
import { isRepository } from '../../names.js';
import { isCode, isMissing } from './files.js';
import type { Layout } from './layout.js';

/**
 * Lists the repositories behind `last`, `most` at most. The order is that of the folders (a/b comes before a-b), as in
 * docker-registry: a page can be found without reading all of the tree.
 */
export async function repositories(layout: Layout, last: string, most: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, entries } of walk(layout, '', last === '' ? undefined : last.split('/'))) {
    if (found.length >= most) break;
    if (entries.includes('_layers') || entries.includes('_manifests')) found.push(name);
  }
  return found;
}

/** Finds every repository with an upload, also of those that have nothing else yet. */
export async function* repositoryFolders(layout: Layout): AsyncGenerator<string> {
  for await (const { name, entries } of walk(layout, '', undefined)) if (entries.includes('_uploads')) yield name;
}

interface Folder {
  readonly name: string;
  readonly entries: readonly string[];
}

/**
 * Walks the folders whose names can be repositories'. Links are not followed: they lead elsewhere, or round in a
 * circle. `bound`: rest of the last name shown; undefined where all lies behind it.
 */
async function* walk(layout: Layout, name: string, bound: readonly string[] | undefined): AsyncGenerator<Folder> {
  const entries = await foldersIn(name === '' ? layout.repositories : layout.repository(name), name === '');
  if (bound === undefined && name !== '') yield { name, entries };
  const first = bound?.[0] ?? '';
  for (const entry of entries.sort()) {
    const inner = name === '' ? entry : `${name}/${entry}`;
    if (entry < first || !isRepository(inner)) continue;
    yield* walk(layout, inner, entry === first ? bound?.slice(1) : undefined);
  }
}

/** Names of the folders in a folder. One that may not be read hides itself, not all others. */
async function foldersIn(path: string, isRoot: boolean): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch (error) {
    const closed = isCode(error, 'EACCES') || isCode(error, 'EPERM');
    if (isMissing(error) || (closed && !isRoot)) return [];
    throw error;
  }
}
