import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../../../files/replace-file.js';

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

/** Does something that puts a thing at `path`; where its folder isn't there, that is made first. */
export async function inFolder<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    await mkdir(dirname(path), { recursive: true });
    return await work();
  }
}
