import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import { memoizeAsync } from '../memoize-async.js';
import type { Found } from '../source.js';

/**
 * Knowledge of the target: repositories that it has, blobs that are there. Each is requested when first needed, and no
 * more.
 */
export class TargetView {
  #catalog: Promise<ReadonlySet<string> | undefined> | undefined;
  readonly #heads = new Map<string, Promise<Found | undefined>>();
  readonly #blobs = new Map<string, Promise<boolean>>();
  readonly #withoutAny = new Set<string>();

  /** Content that the target says it has, and has not. */
  readonly #lost = new Set<Digest>();

  /** Blobs that an earlier run finished: repositories by digest. */
  readonly #finished: (digest: Digest) => readonly string[];

  constructor(
    readonly target: Registry,
    finished: (digest: Digest) => readonly string[],
  ) {
    this.#finished = finished;
  }

  head(repository: string, reference: string): Promise<Found | undefined> {
    return memoizeAsync(this.#heads, `${repository} ${reference}`, async () => {
      if (this.#withoutAny.has(repository)) return undefined;
      return this.target.head(repository, reference);
    });
  }

  /**
   * Asks the catalogue, once, so that repositories which aren't there need no further questions. Registries that keep
   * their catalogue to themselves, or have more than fits one page, are asked tag by tag instead.
   */
  async learnRepositories(repositories: Iterable<string>): Promise<void> {
    this.#catalog ??= this.target
      .catalogPage()
      .then((page) => (page?.complete === true ? new Set(page.names) : undefined));
    const known = await this.#catalog;
    if (known === undefined) return;
    for (const repository of repositories) if (!known.has(repository)) this.#withoutAny.add(repository);
  }

  /** Returns true where it is known, without a request, that a repository holds nothing. */
  isNew(repository: string): boolean {
    return this.#withoutAny.has(repository);
  }

  /** Notes that content is lost, whatever the target answers: it is to be sent again. */
  markLost(digest: Digest): void {
    this.#lost.add(digest);
  }

  /** Returns true for a blob that is in a repository. */
  hasBlob(repository: string, digest: Digest): Promise<boolean> {
    if (this.#lost.has(digest)) return Promise.resolve(false);
    return memoizeAsync(this.#blobs, `${repository} ${digest}`, async () => {
      if (this.#finished(digest).includes(repository)) return true;
      if (this.#withoutAny.has(repository)) return false;
      return this.target.hasBlob(repository, digest);
    });
  }

  /** Returns a repository to which an earlier run uploaded the blob. */
  finishedIn(digest: Digest): string | undefined {
    return this.#lost.has(digest) ? undefined : this.#finished(digest)[0];
  }
}
