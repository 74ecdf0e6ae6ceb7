import { lstat } from 'node:fs/promises';
import type { Digest } from '../../digest.js';
import { BoundedMap } from '../bounded-map.js';
import { unlessMissing } from '../storage/files.js';
import { deleteTagFolder, setTag } from '../storage/tags.js';
import type { Store } from '../store.js';

/** Tags that are remembered. */
const most = 50_000;

interface LookedUp {
  readonly digest: Digest;
  /** Milliseconds. */
  readonly at: number;
}

/**
 * Tags as the upstream had them when they were looked up last. The time of a tag's link says when that was, for a server
 * that has just started. A tag is linked once its manifest is here: until then it is known in memory alone.
 */
export class LookedUpTags {
  readonly #known = new BoundedMap<string, LookedUp>(most, () => 1);
  /** Tags whose manifests are not here yet, by these. */
  readonly #waiting = new BoundedMap<string, ReadonlySet<string>>(most, (tags) => tags.size);

  readonly #store: Store;
  readonly #ttl: number;

  /** @param ttl milliseconds for which a tag isn't looked up again */
  constructor(store: Store, ttl: number) {
    this.#store = store;
    this.#ttl = ttl;
  }

  /** Returns the digest of a tag that was looked up lately. */
  async fresh(name: string, tag: string): Promise<Digest | undefined> {
    const after = Date.now() - this.#ttl;
    const known = this.#known.get(keyOf(name, tag));
    const digest = this.#store.cache.digestOfTag(name, tag);
    if (known !== undefined) {
      // One that was deleted here is looked up, and linked again.
      const isLost = digest !== known.digest && this.#store.cache.has(name, known.digest);
      return known.at > after && !isLost ? known.digest : undefined;
    }
    if (digest === undefined || this.#ttl === 0) return undefined;
    const link = await unlessMissing(lstat(this.#store.layout.tagLink(name, tag)));
    return (link?.mtimeMs ?? 0) > after ? digest : undefined;
  }

  /** Records what the upstream says of a tag. */
  async record(name: string, tag: string, digest: Digest): Promise<void> {
    const { layout, uses, cache } = this.#store;
    this.#known.set(keyOf(name, tag), { digest, at: Date.now() });
    if (cache.has(name, digest)) return await setTag(layout, uses, name, tag, digest);
    const key = keyOf(name, digest);
    this.#waiting.set(key, new Set([...(this.#waiting.get(key) ?? []), tag]));
  }

  /** Links the tags that waited for a manifest, which is here now. */
  async link(name: string, digest: Digest): Promise<void> {
    const { layout, uses } = this.#store;
    const key = keyOf(name, digest);
    const tags = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    for (const tag of tags) {
      if (this.#known.get(keyOf(name, tag))?.digest === digest) await setTag(layout, uses, name, tag, digest);
    }
  }

  /** Removes a tag that the upstream has no more; its manifest stays until it is unused for long enough. */
  async remove(name: string, tag: string): Promise<void> {
    this.#known.delete(keyOf(name, tag));
    if (this.#store.cache.digestOfTag(name, tag) !== undefined) await deleteTagFolder(this.#store.layout, name, tag);
  }
}

function keyOf(name: string, reference: string): string {
  return `${name} ${reference}`;
}
