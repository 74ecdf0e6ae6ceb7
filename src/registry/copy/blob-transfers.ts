import type { Registry, UploadLocation } from '../client/registry.js';
import { isRefusal } from '../client/wire/answer-error.js';
import type { Digest } from '../digest.js';
import type { BlobPlan } from '../plan/sync-plan.js';
import type { BlobName } from '../source.js';
import type { BlobMover, BlobOrigin } from './blob-mover.js';
import type { Journal } from './journal.js';

/** Bytes uploaded and blobs mounted for one image. */
export interface TransferCount {
  bytes: number;
  mounted: number;
}

interface BlobTransfersOptions {
  readonly target: Registry;
  readonly plan: readonly BlobPlan[];
  readonly mover: BlobMover;
  readonly journal: Journal;
  readonly originOf: (blob: Digest) => BlobOrigin;
}

/**
 * Transfers of blobs into repositories of a target: each blob is uploaded once; other repositories wait for that and mount
 * it. A registry that doesn't mount gets it uploaded again.
 */
export class BlobTransfers {
  readonly #missing = new Set<string>();
  readonly #holders = new Map<Digest, Set<string>>();
  readonly #uploads = new Map<Digest, Promise<string>>();
  readonly #transfers = new Map<string, Promise<void>>();
  /** Mounts that failed although the blob was there. */
  #failedMounts = 0;
  #hasMounted = false;

  readonly #options: BlobTransfersOptions;

  constructor(options: BlobTransfersOptions) {
    this.#options = options;
    for (const { blob, upload, mountFrom, mounts } of options.plan) {
      for (const repository of [...(upload === undefined ? [] : [upload]), ...mounts])
        this.#missing.add(key(repository, blob.digest));
      if (upload === undefined && mountFrom !== undefined) this.#addHolder(blob.digest, mountFrom);
    }
  }

  /** Transfers a blob to a repository, unless it is there. @throws RegistryError */
  ensure(blob: BlobName, repository: string, counts: TransferCount): Promise<void> {
    const at = key(repository, blob.digest);
    if (!this.#missing.has(at)) return Promise.resolve();
    const under = this.#transfers.get(at);
    if (under !== undefined) return under;
    const work = this.#fetch(blob, repository, counts).then(
      () => {
        this.#missing.delete(at);
        this.#addHolder(blob.digest, repository);
        this.#options.journal.recordFinished(blob.digest, repository);
      },
      (error: unknown) => {
        this.#transfers.delete(at);
        throw error;
      },
    );
    this.#transfers.set(at, work);
    return work;
  }

  /** True where some of these blobs are only known to be there from an earlier run. */
  believes(blobs: readonly BlobName[], repository: string): boolean {
    return blobs.some(({ digest }) => this.#options.journal.isBelieved(digest, repository));
  }

  /** Forgets what is assumed of these blobs, and asks whether they are in a repository. */
  async recheck(blobs: readonly BlobName[], repository: string): Promise<void> {
    await Promise.all(
      blobs.map(async ({ digest }) => {
        this.#options.journal.forget(digest);
        this.#holders.delete(digest);
        this.#uploads.delete(digest);
        this.#transfers.delete(key(repository, digest));
        if (!(await this.#options.target.hasBlob(repository, digest))) this.#missing.add(key(repository, digest));
        else this.#addHolder(digest, repository);
      }),
    );
  }

  async #fetch(blob: BlobName, repository: string, counts: TransferCount): Promise<void> {
    for (;;) {
      const holder = this.#otherHolder(blob.digest, repository);
      if (holder !== undefined) {
        const mounted = await this.#mount(blob, repository, holder);
        if (mounted === true) {
          counts.mounted += 1;
          return;
        }
        return this.#upload(blob, repository, counts, mounted);
      }
      const uploading = this.#uploads.get(blob.digest);
      if (uploading === undefined) {
        const work = this.#upload(blob, repository, counts).then(() => repository);
        this.#uploads.set(blob.digest, work);
        try {
          await work;
        } finally {
          this.#uploads.delete(blob.digest);
        }
        return;
      }
      const there = await uploading.catch(() => undefined); // Its own image gets the error; this one retries.
      if (there !== undefined) this.#addHolder(blob.digest, there);
    }
  }

  #otherHolder(digest: Digest, repository: string): string | undefined {
    if (this.#options.target.capabilities.mount === false) return undefined;
    return [...(this.#holders.get(digest) ?? [])].find((holder) => holder !== repository);
  }

  async #mount(blob: BlobName, repository: string, holder: string): Promise<true | UploadLocation | undefined> {
    const { target } = this.#options;
    let mounted: true | UploadLocation | undefined;
    try {
      mounted = await target.mount(repository, blob.digest, holder);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      mounted = undefined; // An account that may write here and not read there: it is uploaded instead.
    }
    if (mounted === true) {
      this.#hasMounted = true;
      target.capabilities.mount = true;
    } else {
      this.#holders.get(blob.digest)?.delete(holder);
      this.#failedMounts += 1;
      if (this.#failedMounts >= 3 && !this.#hasMounted) target.capabilities.mount = false;
    }
    return mounted;
  }

  async #upload(blob: BlobName, repository: string, counts: TransferCount, session?: UploadLocation): Promise<void> {
    const { mover, target, originOf } = this.#options;
    await mover.move(blob, originOf(blob.digest), target, repository, session);
    counts.bytes += blob.size;
  }

  #addHolder(digest: Digest, repository: string): void {
    const held = this.#holders.get(digest) ?? new Set();
    held.add(repository);
    this.#holders.set(digest, held);
  }
}

function key(repository: string, digest: Digest): string {
  return `${repository} ${digest}`;
}
