import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { isCode, isMissing, StorageError } from './files.js';

/*
 * The storage may lie on a share that others write to. What is no file of its own there is not there: a link leads to what
 * only this process may read, a pipe is waited on for ever. What is known of an open file is asked for at once: a thread
 * would take longer.
 */

const asIs = constants.O_RDONLY | constants.O_NONBLOCK;

/** Opens a file to read; undefined where there is none: nothing, or a link, a folder, a pipe, a device. */
export async function openPlain(path: string, links: 'refuse' | 'follow' = 'refuse'): Promise<FileHandle | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, links === 'follow' ? asIs : asIs | constants.O_NOFOLLOW);
  } catch (error) {
    if (isNoFile(error)) return undefined;
    throw error;
  }
  if (fstatSync(file.fd).isFile()) return file;
  await file.close();
  return undefined;
}

/** Opens a file to write, and makes it where it isn't there. @throws Error when something else lies there */
export async function openToWrite(path: string, flags: number): Promise<FileHandle> {
  const file = await open(path, flags | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o644);
  if (fstatSync(file.fd).isFile()) return file;
  await file.close();
  throw new StorageError(`${path} is not a file`);
}

/** Reads a file of at most `most` bytes; undefined where there is none of its own, or it is larger. */
export async function readPlain(path: string, most: number, links?: 'refuse' | 'follow'): Promise<Buffer | undefined> {
  const file = await openPlain(path, links);
  if (file === undefined) return undefined;
  try {
    return fstatSync(file.fd).size > most ? undefined : await file.readFile();
  } finally {
    await file.close();
  }
}

/** {@link readPlain}, at once. */
export function readPlainNow(path: string, most: number): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, asIs | constants.O_NOFOLLOW);
  } catch (error) {
    if (isNoFile(error)) return undefined;
    throw error;
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size > most) return undefined;
    const bytes = Buffer.allocUnsafe(stats.size);
    let filled = 0;
    for (let read = -1; filled < bytes.length && read !== 0; filled += read) {
      read = readSync(file, bytes, filled, bytes.length - filled, filled);
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

/** Returns the size of a file in bytes; undefined where there is none of its own. */
export async function plainSize(path: string): Promise<number | undefined> {
  try {
    const stats = await lstat(path);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    if (isNoFile(error)) return undefined;
    throw error;
  }
}

/** {@link plainSize}, at once. */
export function plainSizeNow(path: string): number | undefined {
  return plainStatsNow(path)?.size;
}

/** Returns size and times of a file, at once; undefined where there is none of its own. */
export function plainStatsNow(path: string): Stats | undefined {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats?.isFile() === true ? stats : undefined;
  } catch (error) {
    if (isNoFile(error)) return undefined;
    throw error;
  }
}

/** Returns true for the error of a path that is no file to be opened: nothing, a link, a socket, a circle of links. */
export function isNoFile(error: unknown): boolean {
  return isMissing(error) || ['ELOOP', 'EMLINK', 'ENXIO', 'EISDIR', 'ENAMETOOLONG'].some((code) => isCode(error, code));
}
