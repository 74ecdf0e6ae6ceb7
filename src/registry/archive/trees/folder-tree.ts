import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { RegistryError } from '../../registry-error.js';
import type { FileTree } from './file-tree.js';

/** Opens a folder on this machine. Links in it are followed as long as they stay in it. */
export async function folderTree(path: string): Promise<FileTree> {
  const root = await realpath(path);
  return {
    name: path,
    kind: 'folder',
    async list(folder) {
      const real = await resolveInside(path, root, folder);
      const stat = real === undefined ? undefined : await lstat(real);
      return real !== undefined && stat?.isDirectory() === true ? (await readdir(real)).sort() : [];
    },
    async find(name) {
      const real = await resolveInside(path, root, name);
      if (real === undefined) return undefined;
      const stat = await lstat(real);
      if (stat.isDirectory()) return undefined;
      requireFile(stat, path, name);
      return { path: relative(root, real).split(sep).join('/'), size: stat.size };
    },
    async stream(name, from = 0) {
      const real = await resolveInside(path, root, name);
      if (real === undefined) throw new RegistryError('corrupt', `${path}: there is no ${name} in it`);
      requireFile(await lstat(real), path, name);
      const file = await openPlain(real);
      return file.createReadStream({ start: from, highWaterMark: 256 * 1024 });
    },
    close: async () => {},
  };
}

async function resolveInside(folder: string, root: string, name: string): Promise<string | undefined> {
  let real: string;
  try {
    real = await realpath(join(root, name));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  if (real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)) return real;
  throw new RegistryError(
    'corrupt',
    `${folder}: entry ${JSON.stringify(name)} is a link to ${real}, outside the folder`,
    {
      hint: 'copy the folder with `cp -RL`, which puts the files where the links are',
    },
  );
}

/** Opens a file, but no link that took its place meanwhile, and without waiting for the other end of a pipe. */
function openPlain(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

function requireFile(stat: Stats, folder: string, name: string): void {
  if (!stat.isFile())
    throw new RegistryError('corrupt', `${folder}: entry ${JSON.stringify(name)} is neither a file nor a folder`);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
