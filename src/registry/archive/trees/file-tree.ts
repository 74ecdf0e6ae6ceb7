import type { Readable } from 'node:stream';

/** What an archive's formats are read from: a folder, or a tar as if it were one. Paths have `/` and no `.` or `..`. */
export interface FileTree {
  /** What errors call the archive: the path that was given. */
  readonly name: string;
  /** Whether names in it are the machine's own files. */
  readonly kind: 'folder' | 'tar';
  /** Names directly in a folder (`''` is the root), sorted; none when there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** A file, and what it really is where the path is a link; nothing when there is none. @throws RegistryError for a link out of the archive */
  find(path: string): Promise<FoundFile | undefined>;
  /** The file's content from a byte on. @throws RegistryError `corrupt` when it isn't there */
  stream(path: string, from?: number): Promise<Readable>;
  close(): Promise<void>;
}

export interface FoundFile {
  /** Its path with links followed. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}
