import { createReadStream } from 'node:fs';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { makeFolder } from '../../registry/server/storage/files.js';
import { jobFileNames } from './child/run-child.js';

/** Bytes at the end of a job's events in which its last line is looked for. */
const lastBytes = 1024 * 1024;

/** Folders of jobs: what their processes write. */
export class JobFolders {
  readonly #folder: string;

  /** @param folder folder of all of them */
  constructor(folder: string) {
    this.#folder = folder;
  }

  of(id: string): string {
    return join(this.#folder, id);
  }

  async make(id: string): Promise<string> {
    await makeFolder(this.of(id), 0o700);
    return this.of(id);
  }

  /** Returns the process that runs a job; undefined: none has begun. */
  async startedBy(id: string): Promise<number | undefined> {
    const pid = Number((await textOrNone(join(this.of(id), jobFileNames.started)))?.trim());
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  }

  /** Returns the last complete line of a job's events. */
  async lastLine(id: string): Promise<string | undefined> {
    const path = join(this.of(id), jobFileNames.events);
    const size = await sizeOf(path);
    if (size === undefined || size === 0) return undefined;
    const file = await open(path);
    try {
      const from = Math.max(0, size - lastBytes);
      const buffer = Buffer.alloc(size - from);
      await file.read(buffer, 0, buffer.length, from);
      const lines = buffer.toString('utf8').split('\n');
      lines.pop(); // What is behind the last line feed is a line that was cut off.
      return lines.at(-1);
    } finally {
      await file.close();
    }
  }

  /** Returns the end of what the process of a job printed. */
  async errorsOf(id: string): Promise<string> {
    const text = (await textOrNone(join(this.of(id), jobFileNames.errors))) ?? '';
    return text.trim().slice(-2000);
  }

  /**
   * Opens the events of a job to be read, also those that were packed; undefined: there are none yet.
   * @param from byte to begin at
   */
  async openEvents(id: string, from = 0): Promise<Readable | undefined> {
    const path = this.eventsPath(id);
    if ((await sizeOf(path)) !== undefined) return createReadStream(path, { start: from });
    if ((await sizeOf(`${path}.gz`)) === undefined) return undefined;
    const unpacked = createReadStream(`${path}.gz`).pipe(createGunzip());
    return from === 0 ? unpacked : Readable.from(behind(unpacked, from));
  }

  eventsPath(id: string): string {
    return join(this.of(id), jobFileNames.events);
  }

  /** Returns the bytes of all files of a job. */
  async sizeOf(id: string): Promise<number> {
    let all = 0;
    for (const name of [jobFileNames.events, `${jobFileNames.events}.gz`, jobFileNames.errors]) {
      all += (await sizeOf(join(this.of(id), name))) ?? 0;
    }
    return all;
  }

  async delete(id: string): Promise<void> {
    await rm(this.of(id), { recursive: true, force: true });
  }
}

async function* behind(stream: Readable, from: number): AsyncGenerator<Buffer> {
  let left = from;
  for await (const chunk of stream) {
    const bytes: Buffer = chunk;
    if (bytes.length > left) yield bytes.subarray(left);
    left = Math.max(0, left - bytes.length);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function textOrNone(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
