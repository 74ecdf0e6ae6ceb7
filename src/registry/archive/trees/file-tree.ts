import type { Readable } from 'node:stream';
import type { PackedLayer } from './packed-layer.js';

/** Files of an archive: a folder, or a tar as if it were one. Paths have `/` and no `.` or `..`. */
export interface FileTree {
  /** Name of the archive in errors: the path that was given. */
  readonly name: string;
  /** Kind of the archive: in a folder, names are the machine's own files. */
  readonly kind: 'folder' | 'tar';
  /** Names directly in a folder (`''` is the root), sorted; none when there is no such folder. */
  list(folder: string): Promise<string[]>;
  /**
   * Finds a file, with links followed; undefined when there is none.
   * @throws RegistryError for a link out of the archive
   */
  find(path: string): Promise<FoundFile | undefined>;
  /** Streams a file's content from a byte on. @throws RegistryError `corrupt` when it isn't there */
  stream(path: string, from?: number): Promise<Readable>;
  /** Returns a layer's tar as it is uploaded, where it was packed when the archive was opened. */
  packedLayer?(path: string): PackedLayer | undefined;
  close(): Promise<void>;
}

export interface FoundFile {
  /** Its path with links followed. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Place in a tar: files are best read in this order. */
  readonly place?: number;
}
