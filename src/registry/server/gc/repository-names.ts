import { readdir } from 'node:fs/promises';
import { StorageError, unlessMissing } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';

/**
 * Finds every repository, whatever its name. Other than the catalogue, it leaves nothing out: content of a repository
 * that isn't seen would be garbage.
 * @throws Error for a folder that can't be read, and for a link, behind which there may be a repository
 */
export async function* repositoryNames(layout: Layout, name = ''): AsyncGenerator<string> {
  const folder = name === '' ? layout.repositories : layout.repository(name);
  const entries = (await unlessMissing(readdir(folder, { withFileTypes: true }))) ?? [];
  if (entries.some((entry) => ['_layers', '_manifests', '_uploads'].includes(entry.name))) yield name;
  for (const entry of entries) {
    if (entry.isSymbolicLink()) throw new StorageError(`${folder}/${entry.name} is a link, which is not followed`);
    if (!entry.isDirectory() || entry.name.startsWith('_')) continue;
    yield* repositoryNames(layout, name === '' ? entry.name : `${name}/${entry.name}`);
  }
}
