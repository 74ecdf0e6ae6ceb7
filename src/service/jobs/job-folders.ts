import { createReadStream } from 'node:fs';
import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { writeNewFile } from '../../files/replace-file.js';
import { makeFolder } from '../../registry/server/storage/files.js';
import { type JobEnd, jobEnd } from './child/child-request.js';
import { jobFileNames } from './child/job-file-names.js';

/** Bytes at the end of a job's events in which its last line is looked for first. */
const lastBytes = 64 * 1024;

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

  /** Returns the process that has begun a job; undefined: none has; 0: none has, and none will. */
  async startedBy(id: string): Promise<number | undefined> {
    const text = await textOrNone(join(this.of(id), jobFileNames.started));
    if (text === undefined) return undefined;
    const pid = Number(text.trim());
    return Number.isInteger(pid) && pid > 0 ? pid : 0;
  }

  /** Sees to it that no process begins a job any more. @returns false: one has begun it already */
  async close(id: string): Promise<boolean> {
    try {
      await writeNewFile(join(await this.make(id), jobFileNames.started), '0\n', 0o600);
      return true;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      return (await this.startedBy(id)) === 0;
    }
  }

  /** Returns the end of a job, which its process wrote last; undefined: it didn't come to that. */
  async endOf(id: string): Promise<JobEnd | undefined> {
    const line = await this.#lastLine(id);
    const parsed = jobEnd.safeParse(line === undefined ? undefined : parseOrNone(line));
    return parsed.success ? parsed.data : undefined;
  }

  /** Returns the hosts that a job had begun with and not ended. */
  async unfinishedHosts(id: string): Promise<string[]> {
    const stream = await this.openEvents(id);
    if (stream === undefined) return [];
    const begun = new Set<string>();
    let rest = '';
    for await (const chunk of stream) {
      const lines = `${rest}${String(chunk)}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (!/"host-(start|end)"/.test(line)) continue;
        const parsed = hostEvent.safeParse(parseOrNone(line));
        if (!parsed.success) continue;
        if (parsed.data.event === 'host-start') begun.add(parsed.data.host);
        else begun.delete(parsed.data.host);
      }
    }
    return [...begun];
  }

  /** Returns the last complete line of a job's events. */
  async #lastLine(id: string): Promise<string | undefined> {
    const path = this.eventsPath(id);
    const size = await sizeOf(path);
    if (size === undefined || size === 0) return undefined;
    const file = await open(path);
    try {
      for (let bytes = lastBytes; ; bytes *= 4) {
        const from = Math.max(0, size - bytes);
        const buffer = Buffer.alloc(size - from);
        await file.read(buffer, 0, buffer.length, from);
        const end = buffer.lastIndexOf('\n'); // What is behind it is a line that was cut off.
        if (end >= 0) {
          const begin = end === 0 ? -1 : buffer.lastIndexOf('\n', end - 1);
          if (begin >= 0 || from === 0) return buffer.toString('utf8', begin + 1, end);
        }
        if (from === 0) return undefined;
      }
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
    const unpacked = createGunzip();
    pipeline(createReadStream(`${path}.gz`), unpacked, () => {}); // An error ends `unpacked`, and whoever reads it gets it.
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

  /** Returns the jobs that have a folder which nothing was made in for so many milliseconds. */
  async untouched(age: number, now: number): Promise<string[]> {
    let names: string[];
    try {
      names = await readdir(this.#folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
    const old: string[] = [];
    for (const name of names) {
      const { mtimeMs } = await stat(this.of(name)).catch(() => ({ mtimeMs: now })); // It was deleted meanwhile.
      if (now - mtimeMs > age) old.push(name);
    }
    return old;
  }

  async delete(id: string): Promise<void> {
    await rm(this.of(id), { recursive: true, force: true });
  }
}

const hostEvent = z.object({ event: z.enum(['host-start', 'host-end']), host: z.string() });

/** Returns a JSON document; undefined where it is none: after a power cut a file may end in anything. */
function parseOrNone(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
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
