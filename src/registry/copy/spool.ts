import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { deleteLeftovers, nameOfThisProcess } from '../../files/process-names.js';
import { type Digest, hexOf } from '../digest.js';
import type { BlobName } from '../source.js';

interface SpooledBlob {
  readonly path: string;
  readonly size: number;
  written: number;
  done: boolean;
  error: unknown;
  readers: number;
  /** Called when more has been written, or nothing more will be. */
  readonly waiting: Set<() => void>;
}

const piece = 256 * 1024;

const folderStart = () => join(tmpdir(), 'provision-images-');

/** Deletes the blobs of runs that were killed. */
export function clearSpools(): void {
  deleteLeftovers(folderStart());
}

/**
 * Spool of blobs on disk while several targets need them: each is fetched once, and read while it is still being written.
 * The oldest that nobody reads are deleted when all together have more than `most` bytes.
 */
export class Spool {
  readonly #blobs = new Map<Digest, SpooledBlob>();
  #folder: Promise<string> | undefined;

  readonly #most: number;

  constructor(most = 20 * 2 ** 30) {
    this.#most = most;
  }

  /** Reads a blob from a byte on; `fetch` is called for the first reader. */
  async read(blob: BlobName, fetch: () => Promise<Readable>, from: number): Promise<Readable> {
    const kept = this.#blobs.get(blob.digest) ?? (await this.#begin(blob, fetch));
    return Readable.from(follow(kept, from), { objectMode: false, highWaterMark: piece });
  }

  async close(): Promise<void> {
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
  }

  async #begin(blob: BlobName, fetch: () => Promise<Readable>): Promise<SpooledBlob> {
    this.#folder ??= mkdtemp(nameOfThisProcess(folderStart()));
    const folder = await this.#folder;
    const other = this.#blobs.get(blob.digest);
    if (other !== undefined) return other;
    const kept: SpooledBlob = {
      path: join(folder, hexOf(blob.digest)),
      size: blob.size,
      written: 0,
      done: false,
      error: undefined,
      readers: 0,
      waiting: new Set(),
    };
    this.#blobs.set(blob.digest, kept);
    await (await open(kept.path, 'w', 0o600)).close();
    this.#fill(blob.digest, kept, fetch);
    await this.#makeRoom();
    return kept;
  }

  /** Fetches a blob in the background; its readers get its end, or its error. */
  #fill(digest: Digest, kept: SpooledBlob, fetch: () => Promise<Readable>): void {
    const notify = () => {
      for (const wake of kept.waiting) wake();
    };
    const work = async () => {
      const file = createWriteStream(kept.path, { flags: 'r+', highWaterMark: piece });
      const watch = setInterval(() => {
        if (file.bytesWritten > kept.written) {
          kept.written = file.bytesWritten;
          notify();
        }
      }, 20);
      try {
        await pipeline(await fetch(), file);
        kept.written = file.bytesWritten;
        kept.done = true;
      } finally {
        clearInterval(watch);
      }
    };
    work()
      .catch((error: unknown) => {
        kept.error = error;
        this.#blobs.delete(digest); // The next reader fetches it anew.
      })
      .finally(notify);
  }

  async #makeRoom(): Promise<void> {
    let total = [...this.#blobs.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [digest, kept] of this.#blobs) {
      if (total <= this.#most) return;
      if (!kept.done || kept.readers > 0) continue;
      this.#blobs.delete(digest);
      total -= kept.size;
      await unlink(kept.path);
    }
  }
}

async function* follow(kept: SpooledBlob, from: number) {
  kept.readers += 1;
  let file: FileHandle | undefined;
  try {
    file = await open(kept.path, 'r');
    for (let at = from; ; ) {
      if (kept.error !== undefined) throw kept.error;
      if (at < kept.written) {
        const buffer = Buffer.allocUnsafe(Math.min(piece, kept.written - at));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      } else if (kept.done) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          const wake = () => {
            kept.waiting.delete(wake);
            resolve();
          };
          kept.waiting.add(wake);
        });
      }
    }
  } finally {
    kept.readers -= 1;
    await file?.close();
  }
}
