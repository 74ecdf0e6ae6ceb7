import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { step } from './progress.js';

const lab = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folder of the files that images are made by. */
export const imagesDirectory = join(lab, 'images');

/** What the lab built and what it runs: outlives the work tree, shared by all clones of one user. */
export const cacheDirectory =
  process.env.PROVISION_LAB_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'provision-lab');

/** Links to the keys and the state, at a path that inventories in the repository can name. */
export const stateDirectory = join(lab, '.state');

/** The path of something in the cache. */
export function inCache(...parts: string[]): string {
  return join(cacheDirectory, ...parts);
}

/** A short name for a recipe: another recipe, another name. */
export function recipeKey(...recipe: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
}

/** Reads a file that is part of a recipe, by its path from the folder of images. */
export async function recipeFile(...path: string[]): Promise<string> {
  return readFile(join(imagesDirectory, ...path), 'utf8');
}

/**
 * The path of `NAME-KEY.EXTENSION` in the cache, built first if it is not there. What `build` leaves
 * unfinished is never taken for the real thing; files of older recipes are removed.
 */
export async function cachedFile(
  name: string,
  key: string,
  build: (partial: string) => Promise<void>,
): Promise<string> {
  const [stem = name, ...extensions] = name.split('.');
  const path = inCache('build', [`${stem}-${key}`, ...extensions].join('.'));
  if (existsSync(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  await rm(partial, { recursive: true, force: true });
  await step(`build ${name}`, () => build(partial));
  await rename(partial, path);
  await removeOlder(stem, path);
  return path;
}

async function removeOlder(stem: string, path: string): Promise<void> {
  const ofSameStem = new RegExp(`^${stem}-[0-9a-f]{12}(\\.|$)`);
  for (const entry of await readdir(dirname(path))) {
    if (entry !== basename(path) && ofSameStem.test(entry)) {
      await rm(join(dirname(path), entry), { recursive: true, force: true });
    }
  }
}
