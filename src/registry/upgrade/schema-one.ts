import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readTextFile } from '../../diagnostics/read-text.js';

/** A manifest is no larger than this, in bytes (distribution-spec). */
const largest = 4 * 1024 * 1024;

/** A link holds a digest, in bytes. */
const longestLink = 1024;

/**
 * Finds the images of schema 1 in the storage of a registry, as `repository@digest`: 3.x neither takes nor serves them.
 * @param root the `rootdirectory` of the driver `filesystem`
 * @returns undefined where there is no such storage on this machine
 */
export async function schemaOneImages(root: string): Promise<readonly string[] | undefined> {
  const base = join(root, 'docker/registry/v2');
  const repositories = join(base, 'repositories');
  if (!(await isFolder(repositories))) return undefined;
  const found: string[] = [];
  for (const name of await repositoriesBelow(repositories, '')) {
    for (const hex of await entries(join(repositories, name, '_manifests/revisions/sha256'))) {
      if (textOf(join(repositories, name, '_manifests/revisions/sha256', hex, 'link'), longestLink) === '') continue;
      if (isSchemaOne(join(base, 'blobs/sha256', hex.slice(0, 2), hex, 'data'))) found.push(`${name}@sha256:${hex}`);
    }
  }
  return found;
}

async function repositoriesBelow(folder: string, path: string): Promise<readonly string[]> {
  const names = await entries(join(folder, path));
  const below = await Promise.all(
    names.filter((name) => !name.startsWith('_')).map((name) => repositoriesBelow(folder, join(path, name))),
  );
  return [...(names.includes('_manifests') ? [path] : []), ...below.flat()];
}

function isSchemaOne(file: string): boolean {
  try {
    const manifest: unknown = JSON.parse(textOf(file, largest));
    return (
      typeof manifest === 'object' && manifest !== null && 'schemaVersion' in manifest && manifest.schemaVersion === 1
    );
  } catch {
    return false; // No manifest.
  }
}

/** Reads a file; empty where there is none, or one of another kind: the storage may be anybody's. */
function textOf(file: string, most: number): string {
  try {
    return readTextFile(file, { most, besides: 'none' });
  } catch {
    return '';
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path)
    .then((found) => found.isDirectory())
    .catch(() => false);
}

async function entries(path: string): Promise<readonly string[]> {
  return readdir(path)
    .then((names) => names.sort())
    .catch(() => []);
}
