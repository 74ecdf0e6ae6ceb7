import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import type { RawManifest } from '../manifest.js';
import { memoizeAsync } from '../memoize-async.js';
import type { Found } from '../source.js';

/**
 * Knowledge of the target: repositories that it has, blobs that are there. Each is requested when first needed, and no
 * more.
 */
export class TargetView {
  #catalog: Promise<ReadonlySet<string> | undefined> | undefined;
  readonly #heads = new Map<string, Promise<Found | undefined>>();
  readonly #manifests = new Map<string, Promise<RawManifest | undefined>>();
  readonly #blobs = new Map<string, Promise<boolean>>();
  /** Repositories that the target does not have. */
  readonly #withoutAny = new Set<string>();
  /** Repositories that its catalogue does not list, which may be a catalogue of what this account sees. */
  readonly #unlisted = new Set<string>();

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
      const found = await this.target.head(repository, reference);
      if (found !== undefined) this.#unlisted.delete(repository);
      return found;
    });
  }

  /** Reads a manifest that the target has, once. */
  manifest(repository: string, reference: string): Promise<RawManifest | undefined> {
    return memoizeAsync(this.#manifests, `${repository} ${reference}`, () =>
      this.target.manifest(repository, reference),
    );
  }

  /**
   * Asks the catalogue, once, so that repositories which aren't there need no further questions. Registries that keep
   * their catalogue to themselves, or have more than fits one page, are asked tag by tag instead. So are those whose
   * catalogue has none of these repositories: it may leave out what this account may only pull.
   */
  async learnRepositories(repositories: Iterable<string>): Promise<void> {
    this.#catalog ??= this.target
      .catalogPage()
      .then((page) => (page?.complete === true ? new Set(page.names) : undefined));
    const known = await this.#catalog;
    if (known === undefined) return;
    const wanted = [...repositories];
    const lacking = wanted.some((name) => known.has(name)) ? this.#withoutAny : this.#unlisted;
    for (const repository of wanted) if (!known.has(repository)) lacking.add(repository);
  }

  /** Returns true where it is known, without a request, that a repository holds nothing. */
  isNew(repository: string): boolean {
    return this.#withoutAny.has(repository);
  }

  /** Returns true where a repository is not worth looking into for parts of an image that it lacks. */
  isUnlisted(repository: string): boolean {
    return this.#withoutAny.has(repository) || this.#unlisted.has(repository);
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
      if (this.isUnlisted(repository)) return false;
      return this.target.hasBlob(repository, digest);
    });
  }

  /** Returns a repository to which an earlier run uploaded the blob. */
  finishedIn(digest: Digest): string | undefined {
    return this.#lost.has(digest) ? undefined : this.#finished(digest)[0];
  }
}
