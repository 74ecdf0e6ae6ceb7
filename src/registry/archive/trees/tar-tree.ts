import type { Readable } from 'node:stream';
import { RegistryError } from '../../registry-error.js';
import { type ArchiveBytes, bytesStream } from './archive-bytes.js';
import type { FileTree, FoundFile } from './file-tree.js';
import type { ArchiveLimits } from './limits.js';
import { indexTar, type TarEntry } from './tar-index.js';

/** Links that are followed one after the other. */
const mostLinks = 16;

/** Opens a tar as if it were a folder: indexed once, its content read in place. @throws RegistryError as `indexTar` */
export async function tarTree(bytes: ArchiveBytes, name: string, limits: ArchiveLimits): Promise<FileTree> {
  return treeOfEntries(await indexTar(bytes, name, limits), name, {
    stream: (offset, from, size, label) => bytesStream(bytes, offset + from, size - from, label),
    close: () => bytes.close(),
  });
}

/** Content of a tar's entries. */
interface EntryContent {
  /** Streams an entry, which has its place and its size, from a byte of it on. @param label for errors */
  stream(offset: number, from: number, size: number, label: string): Readable;
  close(): Promise<void>;
}

/** Makes the tree of a tar that was indexed. */
export function treeOfEntries(entries: ReadonlyMap<string, TarEntry>, name: string, content: EntryContent): FileTree {
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
      const { size } = file.found;
      return content.stream(file.offset, Math.min(from, size), size, `${name}: ${path}`);
    },
    close: () => content.close(),
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
    if (entry.kind === 'file')
      return { found: { path: at, size: entry.size, place: entry.offset }, offset: entry.offset };
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
