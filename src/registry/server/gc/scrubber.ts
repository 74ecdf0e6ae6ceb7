import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Digest, finishDigest, isDigest } from '../../digest.js';
import { openContent } from '../storage/content.js';
import { unlessMissing } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';
import { plainSize } from '../storage/plain-file.js';
import type { Uses } from '../storage/uses.js';
import { repositoryNames } from './repository-names.js';

/** Content whose bytes are not what its digest says. */
export interface DamagedContent {
  readonly digest: Digest;
  /** Repositories that have it as a blob or a manifest. */
  readonly repositories: readonly string[];
}

/** State of the checks of a server. */
export interface ScrubState {
  readonly running: boolean;
  /** Blobs and bytes checked in the pass that is under way, or was the last. */
  readonly blobs: number;
  readonly bytes: number;
  /** ISO 8601; when the last whole pass ended. */
  readonly finished?: string;
  readonly damaged: readonly DamagedContent[];
  /** Error that ended the last pass. */
  readonly error?: string;
}

/** Bytes a second, unless a request says otherwise. */
export const usualRate = 20 << 20;

const block = 1 << 20;

/** Milliseconds between the beginnings of two passes. */
const day = 24 * 3600_000;

/** Checks of all content against its digests, at a bounded speed. Nothing is deleted. */
export class Scrubber {
  #under: Promise<void> | undefined;
  #blobs = 0;
  #bytes = 0;
  #damaged: DamagedContent[] = [];
  #finished: number | undefined;
  #error: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #stop = new AbortController();
  readonly totals = { bytes: 0 };

  readonly #layout: Layout;
  readonly #uses: Uses;
  readonly #complain: (message: string) => void;

  constructor(layout: Layout, uses: Uses, complain: (message: string) => void) {
    this.#layout = layout;
    this.#uses = uses;
    this.#complain = complain;
  }

  get state(): ScrubState {
    return {
      running: this.#under !== undefined,
      blobs: this.#blobs,
      bytes: this.#bytes,
      damaged: this.#damaged,
      ...(this.#finished === undefined ? {} : { finished: new Date(this.#finished).toISOString() }),
      ...(this.#error === undefined ? {} : { error: this.#error }),
    };
  }

  /** Begins a pass at so many bytes a second; undefined where one is under way. */
  begin(rate: number): Promise<void> | undefined {
    if (this.#under !== undefined) return undefined;
    this.#under = this.#pass(rate);
    return this.#under;
  }

  /** Begins a pass each day, or when the one before has ended. */
  schedule(rate: number): void {
    const run = async () => {
      const began = Date.now();
      await this.begin(rate);
      if (this.#stop.signal.aborted) return;
      this.#timer = setTimeout(() => void run(), Math.max(0, began + day - Date.now())).unref();
    };
    void run();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort(new Error('the server was stopped'));
    await this.#under;
  }

  async #pass(rate: number): Promise<void> {
    [this.#blobs, this.#bytes, this.#error] = [0, 0, undefined];
    const damaged = new Set<Digest>();
    const began = Date.now();
    try {
      for (const start of (await unlessMissing(readdir(this.#layout.contents))) ?? []) {
        for (const hex of (await unlessMissing(readdir(`${this.#layout.contents}/${start}`))) ?? []) {
          const digest = `sha256:${hex}`;
          if (!isDigest(digest)) continue;
          const found = await this.#hash(digest, began, rate);
          if (found === undefined || found === digest) continue;
          damaged.add(digest);
          this.#uses.distrust(`${this.#layout.content(digest)}/data`);
        }
      }
      this.#damaged = await this.#locate(damaged);
      this.#finished = Date.now();
    } catch (error) {
      this.#error = error instanceof Error ? error.message : String(error);
      if (!this.#stop.signal.aborted) this.#complain(`the check of content ended: ${this.#error}`);
    } finally {
      this.#under = undefined;
    }
  }

  /** Hashes content; undefined where it isn't there (any more). */
  async #hash(digest: Digest, began: number, rate: number): Promise<Digest | undefined> {
    const file = await openContent(this.#layout, digest);
    if (file === undefined) return undefined;
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(Math.min(block, Math.max(4096, rate)));
    try {
      for (;;) {
        this.#stop.signal.throwIfAborted();
        const { bytesRead } = await file.read(buffer, 0, buffer.length);
        if (bytesRead === 0) break;
        hash.update(buffer.subarray(0, bytesRead));
        this.#bytes += bytesRead;
        this.totals.bytes += bytesRead;
        const early = began + (this.#bytes / rate) * 1000 - Date.now();
        if (early > 1) await pause(early, undefined, { signal: this.#stop.signal, ref: false });
      }
    } finally {
      await file.close();
    }
    this.#blobs += 1;
    return finishDigest(hash);
  }

  async #locate(damaged: ReadonlySet<Digest>): Promise<DamagedContent[]> {
    if (damaged.size === 0) return [];
    const places = new Map<Digest, string[]>([...damaged].map((digest) => [digest, []]));
    for await (const name of repositoryNames(this.#layout)) {
      for (const [digest, repositories] of places) {
        const links = [this.#layout.blobLink(name, digest), this.#layout.revisionLink(name, digest)];
        const sizes = await Promise.all(links.map(plainSize));
        if (sizes.some((size) => size !== undefined)) repositories.push(name);
      }
    }
    return [...places].map(([digest, repositories]) => {
      const where = repositories.length === 0 ? 'no repository' : repositories.join(', ');
      this.#complain(`the content ${digest} is damaged; it is in ${where}: push it again`);
      return { digest, repositories };
    });
  }
}
