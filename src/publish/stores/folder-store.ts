import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, type Dirent } from 'node:fs';
import { open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { reasonOf } from '../../diagnostics/reason.js';
import { makeFolders } from '../../files/make-folders.js';
import { nameOfThisProcess } from '../../files/process-names.js';
import { flushFolder, replaceFile } from '../../files/replace-file.js';
import { tryBoundedJson } from '../../registry/bounded-json.js';
import { RegistryError } from '../../registry/registry-error.js';
import { checkKey, compareKeys } from './object-key.js';
import type { NewObject, ObjectStore, StoredObject } from './object-store.js';

/** Folder beside the objects with a file for each, of the same path: its type, and what a server needs to know besides. */
export const typesFolder = '.objects';

const temporaryPrefix = '.upload-';

const notes = z.object({
  contentType: z.string(),
  cacheControl: z.string().optional(),
  sha256: z.string(),
  size: z.number(),
  /** Time of the file that this was written for: of another one it says nothing. */
  time: z.string(),
});

/**
 * Opens a folder as a store. A file is written beside its place, flushed and renamed. Its type is kept in `.objects`, which a
 * server reads. Rights follow the umask, whoever may read an object. Keys that end in `/` have no file: they are left out.
 */
export function folderStore(folder: string): ObjectStore {
  return new FolderStore(resolve(folder));
}

class FolderStore implements ObjectStore {
  readonly url = undefined;
  readonly traffic = { requests: 0, byKind: {}, bytes: 0 };
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  get name(): string {
    return this.#root;
  }

  async head(key: string): Promise<StoredObject | undefined> {
    const path = this.#path(key);
    const found = await ifThere(stat(path, { bigint: true }), path);
    if (found === undefined || !found.isFile()) return undefined;
    const size = Number(found.size);
    const known = await this.#notesOf(key);
    const isCurrent = known !== undefined && known.size === size && known.time === String(found.mtimeNs);
    return {
      key,
      size,
      contentType: isCurrent ? known.contentType : undefined,
      cacheControl: isCurrent ? known.cacheControl : undefined,
      sha256: isCurrent ? known.sha256 : await sha256Of(path),
    };
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    for await (const key of this.#keys('', prefix)) {
      const found = await this.head(key);
      if (found !== undefined) yield found;
    }
  }

  async *#keys(folder: string, prefix: string): AsyncIterable<string> {
    const entries: Dirent[] = (await ifThere(readdir(join(this.#root, folder), { withFileTypes: true }), folder)) ?? [];
    const keys = entries
      .filter(({ name }) => !isOwn(folder, name) && !name.startsWith(temporaryPrefix))
      .filter((entry) => entry.isDirectory() || entry.isFile())
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .sort(compareKeys);
    for (const key of keys) {
      if (!key.endsWith('/')) {
        if (key.startsWith(prefix)) yield key;
      } else if (key.startsWith(prefix) || prefix.startsWith(key)) yield* this.#keys(key, prefix);
    }
  }

  async read(key: string, most: number): Promise<Buffer | undefined> {
    const path = this.#path(key);
    const found = await ifThere(stat(path), path);
    if (found === undefined || !found.isFile()) return undefined;
    if (found.size > most)
      throw new RegistryError('corrupt', `${path} has ${found.size} bytes, more than the ${most} that it may have`);
    return ifThere(readFile(path), path);
  }

  async open(key: string, from = 0): Promise<Readable> {
    const path = this.#path(key);
    if ((await ifThere(stat(path), path)) === undefined)
      throw new RegistryError('not-found', `there is no ${key} in ${this.#root}`);
    return createReadStream(path, { start: from });
  }

  async put(object: NewObject, bytes: Uint8Array): Promise<void> {
    if (object.key.endsWith('/')) return;
    await this.#write(object, [bytes]);
  }

  async upload(object: NewObject, read: (from: number) => Promise<Readable>): Promise<number> {
    if (object.key.endsWith('/')) return 0;
    await this.#write(object, await read(0));
    return object.size;
  }

  async #write(object: NewObject, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const path = this.#path(object.key);
    const folder = dirname(path);
    await asRegistryError(path, async () => {
      await makeFolders(folder);
      const temporary = `${nameOfThisProcess(join(folder, temporaryPrefix))}${randomBytes(6).toString('hex')}`;
      try {
        const time = await writeChecked(temporary, object, content);
        await this.#writeNotes(object, time);
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await flushFolder(folder);
    });
    this.traffic.bytes += object.size;
  }

  async #writeNotes({ key, contentType, cacheControl, sha256, size }: NewObject, time: string): Promise<void> {
    const text = JSON.stringify({ contentType, cacheControl, sha256, size, time });
    await replaceFile(join(this.#root, typesFolder, key), `${text}\n`, {
      mode: 0o666,
      folderMode: 0o777,
      link: 'replace',
    });
  }

  async #notesOf(key: string): Promise<z.output<typeof notes> | undefined> {
    const path = join(this.#root, typesFolder, key);
    const text = await readFile(path, 'utf8').catch(() => '');
    return notes.safeParse(tryBoundedJson(text)).data;
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const path = this.#path(key);
      await asRegistryError(path, async () => {
        await rm(path, { force: true });
        await rm(join(this.#root, typesFolder, key), { force: true });
      });
      await this.#removeEmpty(dirname(path));
      await this.#removeEmpty(dirname(join(this.#root, typesFolder, key)));
    }
  }

  async #removeEmpty(folder: string): Promise<void> {
    for (let at = folder; at.startsWith(`${this.#root}/`); at = dirname(at)) {
      try {
        await rmdir(at);
      } catch {
        return; // It has other files.
      }
    }
  }

  async close(): Promise<void> {}

  #path(key: string): string {
    checkKey(key);
    const parts = key.split('/');
    if (isOwn('', parts[0] ?? '') || parts.some((part) => part.startsWith(temporaryPrefix)))
      throw new RegistryError(
        'input',
        `${JSON.stringify(key)} can't be the key of an object in a folder: it is a name of ours`,
        {
          hint: 'choose another name',
        },
      );
    return join(this.#root, key);
  }
}

function isOwn(folder: string, name: string): boolean {
  return folder === '' && name === typesFolder;
}

/** Writes a file and flushes it. @returns its time, in nanoseconds @throws RegistryError `corrupt` for other bytes than were announced */
async function writeChecked(
  path: string,
  { key, size, sha256 }: NewObject,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<string> {
  const file = await open(path, 'wx', 0o666);
  try {
    const hash = createHash('sha256');
    let written = 0;
    for await (const chunk of content) {
      hash.update(chunk);
      written += chunk.length;
      await file.writeFile(chunk);
    }
    const got = hash.digest('hex');
    if (written !== size || got !== sha256)
      throw new RegistryError(
        'corrupt',
        `${key} should have ${size} bytes with the SHA-256 ${sha256}, and has ${written} with ${got}`,
      );
    await file.sync();
    return String((await file.stat({ bigint: true })).mtimeNs);
  } finally {
    await file.close();
  }
}

async function sha256Of(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

async function ifThere<T>(reading: Promise<T>, path: string): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw systemError(path, error);
  }
}

async function asRegistryError(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof RegistryError) throw error;
    throw systemError(path, error);
  }
}

function systemError(path: string, error: unknown): RegistryError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const kind = code === 'EACCES' || code === 'EPERM' ? 'denied' : code === 'EROFS' ? 'read-only' : 'input';
  const hint =
    code === 'ENOTDIR' || code === 'EISDIR' || code === 'EEXIST'
      ? 'choose another name: one object would be the folder of another'
      : code === 'ENOSPC'
        ? 'make room on this file system'
        : 'check the path and its rights';
  return new RegistryError(kind, `could not work on ${path}: ${reasonOf(error)}`, { hint, cause: error });
}
