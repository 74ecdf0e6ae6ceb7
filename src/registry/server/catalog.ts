import { readdir } from 'node:fs/promises';
import { unlessMissing } from './files.js';
import type { Layout } from './layout.js';
import { isName } from './names.js';

/**
 * Names of the repositories behind `last`, `most` at most. The order is the folders' own (a/b comes before a-b), which
 * is docker-registry's too, so that a page can be found without reading all of the tree.
 */
export async function repositories(layout: Layout, last: string, most: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, entries } of walk(layout, '', last === '' ? undefined : last.split('/'))) {
    if (found.length >= most) break;
    if (entries.includes('_layers') || entries.includes('_manifests')) found.push(name);
  }
  return found;
}

/** Every repository in which there is an upload, also of those that have nothing else yet. */
export async function* repositoryFolders(layout: Layout): AsyncGenerator<string> {
  for await (const { name, entries } of walk(layout, '', undefined)) if (entries.includes('_uploads')) yield name;
}

interface Folder {
  readonly name: string;
  readonly entries: readonly string[];
}

/** All folders below one. `bound`: what is left of the last name shown; undefined where all lies behind it. */
async function* walk(layout: Layout, name: string, bound: readonly string[] | undefined): AsyncGenerator<Folder> {
  const entries = (await unlessMissing(readdir(name === '' ? layout.repositories : layout.repository(name)))) ?? [];
  if (bound === undefined && name !== '') yield { name, entries };
  const first = bound?.[0] ?? '';
  for (const entry of entries.sort()) {
    if (entry < first || !isName(entry)) continue;
    yield* walk(layout, name === '' ? entry : `${name}/${entry}`, entry === first ? bound?.slice(1) : undefined);
  }
}
