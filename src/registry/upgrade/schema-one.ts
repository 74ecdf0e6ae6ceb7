import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A manifest is no larger than this, in bytes (distribution-spec). */
const largest = 4 * 1024 * 1024;

/**
 * The images of schema 1 in the storage of a registry, as `repository@digest`: 3.x neither takes nor gives them.
 *
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
      const link = await readFile(join(repositories, name, '_manifests/revisions/sha256', hex, 'link'), 'utf8').catch(
        () => '',
      );
      if (link === '') continue;
      if (await isSchemaOne(join(base, 'blobs/sha256', hex.slice(0, 2), hex, 'data')))
        found.push(`${name}@sha256:${hex}`);
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

async function isSchemaOne(file: string): Promise<boolean> {
  try {
    if ((await stat(file)).size > largest) return false;
    const manifest: unknown = JSON.parse(await readFile(file, 'utf8'));
    return (
      typeof manifest === 'object' && manifest !== null && 'schemaVersion' in manifest && manifest.schemaVersion === 1
    );
  } catch {
    return false; // No manifest, or gone meanwhile.
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
