import type { Readable } from 'node:stream';
import { RegistryError } from '../../../registry-error.js';
import { type ArchiveBytes, bytesStream } from '../archive-bytes.js';
import type { FileTree, FoundFile } from '../file-tree.js';
import type { ArchiveLimits } from '../limits.js';
import { indexTar, type TarEntry } from './tar-index.js';
import { sparseStream } from './tar-sparse.js';

/** Links that are followed one after the other. */
const mostLinks = 16;

/** Opens a tar as if it were a folder: indexed once, its content read in place. @throws RegistryError as `indexTar` */
export async function tarTree(bytes: ArchiveBytes, name: string, limits: ArchiveLimits): Promise<FileTree> {
  return treeOfEntries(await indexTar(bytes, name, limits), name, {
    stream({ offset, size, parts }, from, label) {
      if (parts !== undefined) return sparseStream(bytes, { size, parts }, from, label);
      return bytesStream(bytes, offset + from, size - from, label);
    },
    close: () => bytes.close(),
  });
}

/** Entry of a tar that is a file. */
export type FileEntry = Extract<TarEntry, { kind: 'file' }>;

/** Content of a tar's entries. */
interface EntryContent {
  /** Streams a file from a byte of it on. @param label for errors */
  stream(entry: FileEntry, from: number, label: string): Readable;
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
      return content.stream(file.entry, Math.min(from, file.entry.size), `${name}: ${path}`);
    },
    close: () => content.close(),
  };
}

function follow(
  entries: ReadonlyMap<string, TarEntry>,
  path: string,
  archive: string,
): { found: FoundFile; entry: FileEntry } | undefined {
  let at = path;
  for (let links = 0; links <= mostLinks; links += 1) {
    const entry = entries.get(at);
    if (entry === undefined) return undefined;
    if (entry.kind === 'file') return { found: { path: at, size: entry.size, place: entry.offset }, entry };
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
