import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { algorithmOf, type Digest, finishDigest } from '../../digest.js';
import { CutSource } from '../answers/answer.js';
import { keepContent } from '../storage/content.js';
import { renewLink } from '../storage/links.js';
import { openPlain, openToWrite } from '../storage/plain-file.js';
import { removeWithin, requireWithin } from '../storage/within-storage.js';
import type { Store } from '../store.js';
import { recordBytes } from '../uploads/garbage.js';
import { writeAll } from '../uploads/receive.js';
import { fetchMark } from './purge-fetches.js';

/** Blob as the upstream sends it. */
export interface ArrivingBlob {
  /** Bytes that it has as the upstream says; -1: it doesn't. */
  readonly size: number;
  /** It ends with an error where its bytes are not those of the digest. */
  readonly body: Readable;
}

/**
 * A blob on its way from the upstream. Its bytes go to a file among the uploads of the repository, at the speed of the
 * upstream; any number of clients read from that file what has come so far. Nobody gets the last byte before the digest
 * is known to be right: a client that has all of it has the right one. Then the file becomes content of the storage. If
 * all clients leave, it goes on: they come again.
 */
export class BlobFetch {
  #written = 0;
  #state: 'under way' | 'right' | 'failed' = 'under way';
  readonly #waiting = new Set<() => void>();

  readonly #store: Store;
  readonly #name: string;
  readonly #digest: Digest;
  readonly #folder: string;
  readonly #size: number;
  /** Resolves when it is in the storage, or will never be. */
  readonly end: Promise<void>;

  private constructor(store: Store, name: string, digest: Digest, folder: string, { size, body }: ArrivingBlob) {
    this.#store = store;
    this.#name = name;
    this.#digest = digest;
    this.#folder = folder;
    this.#size = size;
    this.end = this.#run(body);
  }

  /** Begins to take what the upstream sends. */
  static async begin(store: Store, name: string, digest: Digest, blob: ArrivingBlob): Promise<BlobFetch> {
    const folder = store.layout.upload(name, randomUUID());
    try {
      await requireWithin(store.layout, `${folder}/data`);
      await mkdir(folder, { recursive: true });
      for (const file of [fetchMark, 'data'])
        await (await openToWrite(`${folder}/${file}`, constants.O_WRONLY)).close();
      return new BlobFetch(store, name, digest, folder, blob);
    } catch (error) {
      blob.body.destroy();
      throw error;
    }
  }

  /** Bytes of the blob; -1 until all came, where the upstream didn't say, and where it failed. */
  get size(): number {
    if (this.#state === 'failed') return -1;
    return this.#size === -1 && this.#state === 'right' ? this.#written : this.#size;
  }

  /** Opens what has come so far; undefined where it isn't here any more: it is in the storage then, or failed. */
  async open(): Promise<FileHandle | undefined> {
    return this.#state === 'failed' ? undefined : await openPlain(`${this.#folder}/data`);
  }

  /** Waits until there are bytes behind an offset. @returns the end of those that may be sent @throws CutSource */
  async grown(from: number): Promise<number> {
    for (;;) {
      if (this.#state === 'failed') throw new CutSource();
      const end = this.#state === 'right' ? this.#written : Math.min(this.#written, this.#size - 1);
      if (end > from) return end;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async #run(body: Readable): Promise<void> {
    try {
      await this.#keep(await this.#write(body));
    } catch (error) {
      this.#state = 'failed';
      const why = error instanceof Error ? error.message : String(error);
      this.#store.complain(`${this.#name}: the blob ${this.#digest} is not stored: ${why}`);
    } finally {
      body.destroy();
      this.#wake();
      await this.#remove(); // Those who read from it have it open.
    }
  }

  async #write(body: Readable): Promise<Digest> {
    const other = algorithmOf(this.#digest) === 'sha256' ? undefined : createHash('sha256');
    const file = await openToWrite(`${this.#folder}/data`, constants.O_WRONLY);
    try {
      for await (const piece of body) {
        if (!Buffer.isBuffer(piece)) throw new Error('a body of bytes was expected');
        await writeAll(file, piece, this.#written);
        other?.update(piece);
        this.#written += piece.length;
        recordBytes(piece.length);
        this.#wake();
      }
      await file.sync();
    } finally {
      await file.close();
    }
    return other === undefined ? this.#digest : finishDigest(other);
  }

  /** Keeps it. Where a quota has no room, whoever asked for the blob gets it all the same. */
  async #keep(sha256: Digest): Promise<void> {
    const { layout, uses, quotas, complain } = this.#store;
    const content = { name: this.#name, sha256, size: this.#written };
    const keep = async () => {
      await keepContent(layout, uses, sha256, `${this.#folder}/data`, this.#written);
      await linkBlob(this.#store, this.#name, this.#digest, sha256);
    };
    const refused = await uses.section(() => quotas.hold(content, keep));
    this.#state = 'right';
    if (refused !== undefined) complain(`${this.#name}: the blob ${this.#digest} is not stored: its quota is used up`);
  }

  async #remove(): Promise<void> {
    try {
      await removeWithin(this.#store.layout, this.#folder);
    } catch (error) {
      this.#store.complain(`${this.#folder} could not be removed: ${String(error)}`); // It is purged later.
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** Links content as a blob of a repository, under its digest and its sha256. */
export async function linkBlob({ layout, uses }: Store, name: string, digest: Digest, sha256: Digest): Promise<void> {
  for (const known of new Set([digest, sha256])) {
    await renewLink(layout, uses, name, layout.blobLink(name, known), sha256);
  }
}
