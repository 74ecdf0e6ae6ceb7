import { type Digest, isDigest } from '../digest.js';
import type { Descriptor, RawManifest } from '../manifest.js';
import { memoizeAsync } from '../memoize-async.js';
import type { Found, ImageSource, TagsPage } from '../source.js';

/** Cache of a source: each manifest is requested once a run, however many images and targets need it. */
export class SourceCache {
  readonly #manifests = new Map<string, Promise<RawManifest | undefined>>();
  readonly #heads = new Map<string, Promise<Found | undefined>>();
  readonly #pages = new Map<string, Promise<TagsPage | undefined>>();
  readonly #listings = new Map<string, Promise<ReadonlySet<string>>>();

  readonly #referrers = new Map<string, Promise<Descriptor[] | undefined>>();
  #firstReferrers: Promise<Descriptor[] | undefined> | undefined;

  constructor(readonly source: ImageSource) {}

  head(repository: string, reference: string): Promise<Found | undefined> {
    return memoizeAsync(this.#heads, `${repository} ${reference}`, () => this.source.head(repository, reference));
  }

  /**
   * Reads a manifest. That of a digest is the same in all repositories; it is read from the first that is asked for.
   */
  manifest(repository: string, reference: string): Promise<RawManifest | undefined> {
    const key = isDigest(reference) ? reference : `${repository} ${reference}`;
    return memoizeAsync(this.#manifests, key, async () => {
      const raw = await this.source.manifest(repository, reference);
      if (raw !== undefined && !this.#manifests.has(raw.digest)) this.#manifests.set(raw.digest, Promise.resolve(raw));
      return raw;
    });
  }

  /** Referrers by the API; nothing where the source has none, and after it said so it isn't asked again. */
  referrers(repository: string, digest: Digest): Promise<Descriptor[] | undefined> {
    return memoizeAsync(this.#referrers, `${repository} ${digest}`, async () => {
      const { referrersByApi } = this.source;
      if (referrersByApi === undefined) return this.source.referrers(repository, digest);
      // The first alone: where there is no such API, the others need not ask.
      const first = this.#firstReferrers === undefined;
      this.#firstReferrers ??= referrersByApi.call(this.source, repository, digest);
      const found = await this.#firstReferrers;
      if (found === undefined || first) return found;
      return referrersByApi.call(this.source, repository, digest);
    });
  }

  /** Reads the first page of a repository's tags. */
  tagsPage(repository: string): Promise<TagsPage | undefined> {
    return memoizeAsync(this.#pages, repository, async () => {
      if (this.source.tagsPage !== undefined) return this.source.tagsPage(repository);
      return { tags: await this.source.tags(repository), complete: true };
    });
  }

  /** Reads all pages of a repository's tags, where the first is not all. */
  allTags(repository: string): Promise<ReadonlySet<string>> {
    return memoizeAsync(this.#listings, repository, async () => {
      const page = await this.tagsPage(repository);
      return new Set(page?.complete === true ? page.tags : await this.source.tags(repository));
    });
  }
}

/** Returns a function that gives the cache of a source by the source's name, one cache for each source. */
export function sourceCaches(
  sourceOf: (name: string | undefined) => ImageSource,
): (name: string | undefined) => SourceCache {
  const caches = new Map<ImageSource, SourceCache>();
  return (name) => {
    const source = sourceOf(name);
    const cache = caches.get(source) ?? new SourceCache(source);
    caches.set(source, cache);
    return cache;
  };
}
