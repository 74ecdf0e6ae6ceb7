import { createHash, type Hash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, rmdir, unlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { algorithmOf, type Digest, type DigestAlgorithm, finishDigest } from '../../digest.js';
import type { ServerAnswer } from '../answers/answer.js';
import type { QuotaKeeper } from '../quotas/quotas.js';
import { keepContent } from '../storage/content.js';
import type { Layout } from '../storage/layout.js';
import { renewLink } from '../storage/links.js';
import { openPlain, openToWrite, plainSizeNow } from '../storage/plain-file.js';
import type { Uses } from '../storage/uses.js';
import { leadsOut, removeWithin, requireWithin } from '../storage/within-storage.js';
import { receive } from './receive.js';

const shape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Returns true for a text that can be the id of an upload: a UUID, as the server hands them out. */
export function isUploadId(text: string): boolean {
  return shape.test(text);
}

/**
 * One upload (distribution-spec, "Pushing blobs"): a folder in the repository with what has arrived, and in memory the
 * hash of it. After a restart, or when another server wrote to it, the hash is made again from the file.
 */
export class UploadSession {
  #sha256: Hash = createHash('sha256');
  #sha512: Hash | undefined;
  #writer: { readonly request: IncomingMessage; readonly over: Promise<void> } | undefined;
  /** Bytes that have arrived. */
  offset = 0;
  /** Time in milliseconds when this process last wrote some. */
  #written = 0;
  /** All that has arrived was flushed. */
  #flushed = false;

  readonly #layout: Layout;
  readonly #uses: Uses;

  private constructor(
    layout: Layout,
    uses: Uses,
    readonly name: string,
    readonly id: string,
  ) {
    this.#layout = layout;
    this.#uses = uses;
  }

  static async begin(layout: Layout, uses: Uses, name: string, algorithm: DigestAlgorithm): Promise<UploadSession> {
    const session = new UploadSession(layout, uses, name, randomUUID());
    if (algorithm === 'sha512') session.#sha512 = createHash('sha512');
    requireWithin(layout, `${session.#folder}/data`);
    await mkdir(session.#folder, { recursive: true });
    await writeFile(`${session.#folder}/startedat`, new Date().toISOString().replace(/\.\d+Z$/, 'Z'));
    return session;
  }

  /** Returns the session of an upload in the storage; the bytes that have arrived are hashed when that is needed. */
  static of(layout: Layout, uses: Uses, name: string, id: string): UploadSession {
    return new UploadSession(layout, uses, name, id);
  }

  get #folder(): string {
    return this.#layout.upload(this.name, this.id);
  }

  get #data(): string {
    return `${this.#folder}/data`;
  }

  get busy(): boolean {
    return this.#writer !== undefined;
  }

  /** Bytes that lie in the storage, also while a request adds to them. */
  get size(): number {
    return plainSizeNow(this.#data) ?? 0;
  }

  /** Returns true while the upload is still there, and in the storage: another server may have ended it. */
  exists(): boolean {
    const began = plainSizeNow(`${this.#folder}/startedat`) ?? plainSizeNow(this.#data);
    return began !== undefined && !leadsOut(this.#layout, this.#data);
  }

  /**
   * Does work that writes, one request at a time. A newer request takes over from an older one: that is what a client
   * sends whose connection is dead, which the server hasn't noticed.
   */
  async exclusively<Value>(request: IncomingMessage, work: () => Promise<Value>): Promise<Value> {
    while (this.#writer !== undefined) {
      this.#writer.request.destroy();
      await this.#writer.over;
    }
    let end = () => {};
    this.#writer = {
      request,
      over: new Promise((resolve) => {
        end = resolve;
      }),
    };
    try {
      await this.#catchUp();
      return await work();
    } finally {
      this.#writer = undefined;
      end();
    }
  }

  /**
   * Takes the body of a request. False when the connection was lost on the way; what came is kept.
   * @param last nothing is to follow: it is flushed while the file is open
   */
  async append(request: IncomingMessage, last: 'last' | 'more' = 'more'): Promise<boolean> {
    if (request.headers['content-length'] === '0') return true;
    this.#flushed = false;
    const file = await openToWrite(this.#data, constants.O_WRONLY);
    try {
      const { bytes, whole } = await receive(request, file, this.offset, (chunk) => {
        this.#sha256.update(chunk);
        this.#sha512?.update(chunk);
      });
      this.offset += bytes;
      if (bytes > 0) this.#written = Date.now();
      if (whole && last === 'last' && bytes > 0) {
        await file.sync();
        this.#flushed = true;
      }
      return whole;
    } catch (error) {
      this.offset = -1; // The hash is ahead of the file: both are read again.
      throw error;
    } finally {
      await file.close();
    }
  }

  /**
   * Ends the upload: the content is kept and linked when its digest is as it should be and the quotas have room, and
   * the folder is gone in any case.
   * @returns false for another digest, or the refusal of a quota
   */
  async finish(expected: Digest, quotas: QuotaKeeper): Promise<boolean | ServerAnswer> {
    if (!this.#flushed) await this.#flush();
    const sha256 = finishDigest(this.#sha256);
    const found = algorithmOf(expected) === 'sha256' ? sha256 : await this.#digest512();
    const content = { name: this.name, sha256, size: this.offset };
    const keep = () => quotas.hold(content, () => this.#keep(sha256, expected));
    const refused = found === expected ? await this.#uses.section(keep) : undefined;
    await this.remove();
    return refused ?? found === expected;
  }

  async #flush(): Promise<void> {
    const file = await openToWrite(this.#data, constants.O_RDWR);
    try {
      const now = Date.now();
      // The last of it may have come long ago: as content it is new.
      if (now - this.#written > this.#uses.refresh) await file.utimes(now / 1000, now / 1000);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #keep(sha256: Digest, expected: Digest): Promise<void> {
    await keepContent(this.#layout, this.#uses, sha256, this.#data, this.offset);
    for (const digest of new Set([expected, sha256])) {
      await renewLink(this.#layout, this.#uses, this.name, this.#layout.blobLink(this.name, digest), sha256);
    }
  }

  async remove(): Promise<void> {
    requireWithin(this.#layout, this.#data);
    try {
      await unlink(`${this.#folder}/startedat`);
      await rmdir(this.#folder); // All else was moved to its place.
    } catch {
      await removeWithin(this.#layout, this.#folder); // Something is in it; or it fails here as well, and says why.
    }
  }

  async #digest512(): Promise<Digest> {
    const hash = this.#sha512 ?? createHash('sha512');
    if (this.#sha512 === undefined) for await (const chunk of this.#readArrived()) hash.update(chunk);
    return finishDigest(hash, 'sha512');
  }

  /** Hashes what lies in the file, unless that was done as it arrived. */
  async #catchUp(): Promise<void> {
    const { size } = this;
    if (size === this.offset) return;
    this.#sha256 = createHash('sha256');
    this.#sha512 = undefined;
    this.offset = 0;
    for await (const chunk of this.#readArrived()) {
      this.#sha256.update(chunk);
      this.offset += chunk.length;
    }
  }

  async *#readArrived(): AsyncGenerator<Buffer> {
    const file = await openPlain(this.#data);
    if (file !== undefined) yield* file.createReadStream({ highWaterMark: 1 << 20 });
  }
}
