import { lstatSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderIn, homeFolder } from '../model/home-folder.js';

/** Number of builds whose compiled code is kept. */
const keptBuilds = 4;

/** Folder of the built files. Its age tells one build or installation from another. */
const chunks = fileURLToPath(new URL('../../chunks/', import.meta.url));

/**
 * Lets Node keep compiled code for the next run, where it can: 22.1 and newer. NODE_COMPILE_CACHE names another folder,
 * NODE_DISABLE_COMPILE_CACHE turns it off.
 */
export function enableCompileCache(): void {
  // The types are those of Node 20, which has no such function.
  const enable: unknown = Reflect.get(module, 'enableCompileCache');
  if (typeof enable !== 'function' || process.env.NODE_DISABLE_COMPILE_CACHE || process.env.NODE_COMPILE_CACHE) return;
  const folder = compileCacheFolder(process.env, chunks);
  if (folder !== undefined) enable(folder);
}

/**
 * Returns the folder for the compiled code of a build, made if need be. Node runs what it finds there, so it is a folder
 * of this user that nobody else can write to, and not one in /tmp as Node's own. Undefined where there can be none: no
 * home, a read-only one, or one of somebody else, as under `sudo` that keeps HOME.
 *
 * @param build folder of the built files
 */
export function compileCacheFolder(env: NodeJS.ProcessEnv, build: string): string | undefined {
  try {
    const { ino, mtimeMs } = statSync(build);
    const given = folderIn(env, 'XDG_CACHE_HOME');
    const home = homeFolder(env);
    if (!isPrivate(given ?? home)) return undefined;
    const builds = join(given ?? join(home, '.cache'), 'registry-provision');
    const folder = join(builds, `${ino}-${Math.round(mtimeMs)}`);
    if (given === undefined) makePrivate(join(home, '.cache'));
    makePrivate(builds);
    if (makePrivate(folder)) removeOldest(builds);
    return folder;
  } catch {
    return undefined; // A start that is a little slower is no reason for a message.
  }
}

/** Makes a folder that nobody else can write to; false where it is there already. @throws Error when others can */
function makePrivate(folder: string): boolean {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  }
  if (!isPrivate(folder)) throw new Error(`${folder} is not of this user alone`);
  return false;
}

function isPrivate(folder: string): boolean {
  const stats = lstatSync(folder);
  return stats.isDirectory() && stats.uid === process.geteuid?.() && (stats.mode & 0o022) === 0;
}

function removeOldest(builds: string): void {
  const ages = readdirSync(builds).map((name) => ({ name, made: lstatSync(join(builds, name)).mtimeMs }));
  const oldest = ages.sort((a, b) => b.made - a.made).slice(keptBuilds);
  for (const { name } of oldest) rmSync(join(builds, name), { recursive: true, force: true });
}
