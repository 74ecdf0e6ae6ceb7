import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolders } from './make-folders.js';
import { nameOfThisProcess } from './process-names.js';

/** Options of {@link replaceFile}. */
export interface ReplaceFileOptions {
  /**
   * Permissions of the new file, less the umask; it belongs to this process. Default: permissions and owner stay as they
   * are, and a file that wasn't there gets 0600.
   */
  readonly mode?: number;
  /** `follow` (default) replaces the file that a symbolic link points to, `replace` the link itself. */
  readonly link?: 'follow' | 'replace';
  /** Permissions of missing folders on the way, which are then made. Default: a missing folder is an error. */
  readonly folderMode?: number;
  /** Path of the temporary file, in the same folder. Default: a hidden name; what ended processes left is deleted first. */
  readonly temporary?: string;
  /** `file` flushes the content alone, and a power cut may bring the former file back. Default: `file and folder`. */
  readonly flush?: 'file' | 'file and folder';
}

/**
 * Gives a file new content, all of it or none, whenever the process or the machine ends. The content is written beside
 * the file, flushed, and renamed. After an error nothing is left behind.
 * @throws Error of the system
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  options: ReplaceFileOptions = {},
): Promise<void> {
  const { mode, link = 'follow', folderMode, flush = 'file and folder' } = options;
  const target = link === 'follow' ? await followLink(path) : path;
  const folder = dirname(target);
  const temporary = options.temporary ?? temporaryBeside(target);
  const kept = mode === undefined ? await attributesOf(target) : undefined;
  try {
    await inFolder(folder, folderMode, () => writeNewFile(temporary, content, mode ?? 0o600));
    if (kept !== undefined) await giveAttributes(temporary, kept);
    await rename(temporary, target);
  } catch (error) {
    // A file of that name that was there before is somebody else's.
    if (!isCode(error, 'EEXIST')) await rm(temporary, { force: true });
    throw error;
  }
  if (flush === 'file and folder') await flushFolder(folder);
}

/** Makes a new file, and flushes it. @throws Error of the system, `EEXIST` where the file is there */
export async function writeNewFile(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Flushes the names in a folder, so that a rename outlives a power cut; a file system that can't do so is left to itself. */
export async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file is in its place. Some file systems refuse to flush a folder.
  }
}

async function followLink(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return path;
    throw error;
  }
}

function temporaryBeside(target: string): string {
  // The name may be as long as names may be, and what is put to it would be too much.
  const short = Buffer.from(basename(target)).subarray(0, 180).toString();
  const start = join(dirname(target), `.${short}.`);
  return `${nameOfThisProcess(start)}${randomBytes(6).toString('hex')}`;
}

interface Attributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

async function attributesOf(path: string): Promise<Attributes | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function giveAttributes(path: string, { mode, uid, gid }: Attributes): Promise<void> {
  const file = await open(path, 'r');
  try {
    const made = await file.stat();
    if (made.uid !== uid || made.gid !== gid) await file.chown(uid, gid);
    await file.chmod(mode & 0o7777);
  } finally {
    await file.close();
  }
}

async function inFolder(folder: string, mode: number | undefined, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (mode === undefined || !isCode(error, 'ENOENT')) throw error;
    await makeFolders(folder, mode);
    await work();
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
