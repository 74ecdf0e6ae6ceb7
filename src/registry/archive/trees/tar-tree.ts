import { RegistryError } from '../../registry-error.js';
import { type ArchiveBytes, bytesStream } from './archive-bytes.js';
import type { FileTree, FoundFile } from './file-tree.js';
import type { ArchiveLimits } from './limits.js';
import { indexTar, type TarEntry } from './tar-index.js';

/** Links that are followed one after the other. */
const mostLinks = 16;

/** Opens a tar as if it were a folder: indexed once, its content read in place. @throws RegistryError as `indexTar` */
export async function tarTree(bytes: ArchiveBytes, name: string, limits: ArchiveLimits): Promise<FileTree> {
  const entries = await indexTar(bytes, name, limits);
  const folders = namesByFolder(entries.keys());
  const locate = (path: string) => follow(entries, path, name);
  return {
    name,
    kind: 'tar',
    list: async (folder) => [...(folders.get(folder) ?? [])].sort(),
    find: async (path) => locate(path)?.found,
    async stream(path, from = 0) {
      const file = locate(path);
      if (file === undefined) throw new RegistryError('corrupt', `${name}: there is no ${path} in it`);
      return bytesStream(bytes, file.offset + from, Math.max(0, file.found.size - from), `${name}: ${path}`);
    },
    close: () => bytes.close(),
  };
}

function follow(
  entries: ReadonlyMap<string, TarEntry>,
  path: string,
  archive: string,
): { found: FoundFile; offset: number } | undefined {
  let at = path;
  for (let links = 0; links <= mostLinks; links += 1) {
    const entry = entries.get(at);
    if (entry === undefined) return undefined;
    if (entry.kind === 'file') return { found: { path: at, size: entry.size }, offset: entry.offset };
    at = entry.to;
  }
  throw new RegistryError(
    'corrupt',
    `${archive}: entry ${JSON.stringify(path)} is a link that leads round in a circle`,
  );
}

function namesByFolder(paths: Iterable<string>): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const path of paths) {
    let folder = '';
    for (const part of path.split('/')) {
      const names = folders.get(folder) ?? new Set();
      folders.set(folder, names.add(part));
      folder = folder === '' ? part : `${folder}/${part}`;
    }
  }
  return folders;
}
