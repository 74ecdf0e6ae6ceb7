import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../../../files/replace-file.js';

/** Error of a storage that isn't as it should be: the system has no code for that. */
export class StorageError extends Error {}

/** Returns true for an error of the storage, false for one of this program. */
export function isStorageError(error: unknown): boolean {
  return error instanceof StorageError || (error instanceof Error && 'syscall' in error);
}

/** Returns true for the error of a file that isn't there. */
export function isMissing(error: unknown): boolean {
  return isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR');
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Waits for a promise; undefined where the file isn't there. */
export async function unlessMissing<Value>(value: Promise<Value>): Promise<Value | undefined> {
  try {
    return await value;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Writes a file of the storage, all of it or none, whenever the process or the machine ends. Folders are made as needed. */
export function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.new`; // Folders of tags are too large to be read for leftovers each time.
  return replaceFile(path, content, { mode: 0o644, folderMode: 0o777, link: 'replace', temporary, flush: 'file' });
}

/**
 * Makes a folder and those on the way to it. @throws Error of the system where that is impossible: Node's own tries for
 * ever where a file system has no such folder, and makes none (/proc).
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, mode);
  } catch (error) {
    if (isCode(error, 'EEXIST')) {
      if ((await stat(path)).isDirectory()) return;
      throw new StorageError(`${path} is not a folder`);
    }
    const parent = dirname(path);
    if (!isCode(error, 'ENOENT') || parent === path || (await unlessMissing(lstat(parent))) !== undefined) throw error;
    await makeFolder(parent, mode);
    await makeFolder(path, mode);
  }
}

/** Does something that puts a thing at `path`; where its folder isn't there, that is made first. */
export async function inFolder<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  await makeFolderOf(path);
  try {
    return await work();
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    await mkdir(dirname(path), { recursive: true });
    return await work();
  }
}

/** Makes the folder of a path. To ask for it takes no thread; an attempt that fails would. */
export async function makeFolderOf(path: string): Promise<void> {
  const folder = dirname(path);
  if (!existsSync(folder)) await mkdir(folder, { recursive: true });
}
