import { referrersTag } from '../../registry/attached-tags.js';
import { algorithmOf, type Digest, digestOf, isDigest } from '../../registry/digest.js';
import { blobsIn, type Manifest, rawManifest, readManifest } from '../../registry/manifest.js';
import { RegistryError } from '../../registry/registry-error.js';
import { mapInParallel } from '../../text/in-parallel.js';
import type { V2Places } from '../layouts/v2-places.js';
import type { ObjectStore, StoredObject } from '../stores/object-store.js';

/** Role of an object that tags lead to. `list`: what points at a manifest, by either of its names. */
export type ObjectRole = 'tag' | 'list' | 'manifest' | 'blob';

interface StoredManifest {
  readonly digest: Digest;
  readonly manifest: Manifest;
}

/** Bytes of a manifest at most. */
const longestManifest = 4 << 20;
const beside = 8;

/** Content of a repository in a store: its objects, and what its manifests lead to. */
export class StoredContent {
  readonly there: ReadonlyMap<string, StoredObject>;
  /** Digests of all manifests. */
  readonly digests: readonly Digest[];
  readonly #places: V2Places;
  readonly #manifests: ReadonlyMap<string, StoredManifest>;
  /** Digests of what is about a manifest, by its digest. */
  readonly #about = new Map<Digest, Digest[]>();

  constructor(
    places: V2Places,
    there: ReadonlyMap<string, StoredObject>,
    manifests: ReadonlyMap<string, StoredManifest>,
  ) {
    this.#places = places;
    this.there = there;
    this.#manifests = manifests;
    this.digests = [...manifests.keys()].map(lastPart).filter(isDigest);
    for (const { digest, manifest } of manifests.values()) {
      if (manifest.subject === undefined) continue;
      const { digest: subject } = manifest.subject;
      this.#about.set(subject, [...(this.#about.get(subject) ?? []), digest]);
    }
  }

  /**
   * Reads all manifests of a repository.
   * @param former an earlier reading: what has a digest for its name is not read again
   * @throws RegistryError `corrupt` for what is no manifest: what it needs is not known
   */
  static async read(store: ObjectStore, places: V2Places, former?: StoredContent): Promise<StoredContent> {
    const there = new Map<string, StoredObject>();
    for await (const object of store.list(places.prefix)) there.set(object.key, object);
    const keys = [...there.keys()].filter((key) =>
      places.manifestFolders.some((folder) => key.startsWith(folder) && !key.slice(folder.length).includes('/')),
    );
    const known = former === undefined ? new Map<string, StoredManifest>() : former.#manifests;
    const manifests = new Map<string, StoredManifest>();
    await mapInParallel(keys, beside, async (key) => {
      const same = isDigest(lastPart(key)) ? known.get(key) : undefined;
      manifests.set(key, same ?? (await readStored(store, key)));
    });
    return new StoredContent(places, there, manifests);
  }

  /** Returns the keys by which a manifest is there. */
  manifestKeys(reference: string): string[] {
    return this.#places.manifestFolders.map((folder) => `${folder}${reference}`).filter((key) => this.there.has(key));
  }

  /** Finds all objects that tags and digests lead to, and their roles. */
  reach(tags: Iterable<string>, digests: Iterable<Digest>): Map<string, ObjectRole> {
    const reached = new Map<string, ObjectRole>();
    const add = (key: string | undefined, role: ObjectRole) => {
      if (key !== undefined && this.there.has(key)) reached.set(key, role);
    };
    const waiting = new Set<Digest>();
    for (const digest of digests) {
      add(this.#places.blob(digest), 'blob');
      waiting.add(digest);
    }
    for (const tag of tags) {
      for (const key of this.manifestKeys(tag)) {
        add(key, 'tag');
        const digest = this.#manifests.get(key)?.digest;
        if (digest !== undefined) waiting.add(digest);
      }
    }
    // An iteration over a set takes what is added on the way.
    for (const digest of waiting) {
      for (const key of this.manifestKeys(digest)) {
        add(key, 'manifest');
        for (const blob of this.#blobsOf(key)) add(this.#places.blob(blob), 'blob');
        for (const child of this.#childrenOf(key)) waiting.add(child);
      }
      add(this.#places.referrers(digest), 'list');
      if (this.#places.referrers(digest) !== undefined)
        for (const fallback of this.manifestKeys(referrersTag(digest))) add(fallback, 'list');
      for (const each of this.#about.get(digest) ?? []) waiting.add(each);
    }
    return reached;
  }

  /** Divides manifests into turns: those that name others come first, so that what is there never names what isn't. */
  inTurns(keys: readonly string[]): string[][] {
    const turns: string[][] = [];
    for (let left = keys; left.length > 0; ) {
      const named = new Set(
        left.flatMap((key) => this.#childrenOf(key)).flatMap((digest) => this.manifestKeys(digest)),
      );
      const turn = left.filter((key) => !named.has(key));
      // Only what has a wrong digest for its name can name itself.
      turns.push(turn.length === 0 ? [...left] : turn);
      left = turn.length === 0 ? [] : left.filter((key) => named.has(key));
    }
    return turns;
  }

  #childrenOf(key: string): Digest[] {
    const manifest = this.#manifests.get(key)?.manifest;
    return manifest?.kind === 'index' ? manifest.manifests.map(({ digest }) => digest) : [];
  }

  #blobsOf(key: string): Digest[] {
    const manifest = this.#manifests.get(key)?.manifest;
    return manifest === undefined ? [] : blobsIn(manifest).map(({ digest }) => digest);
  }
}

async function readStored(store: ObjectStore, key: string): Promise<StoredManifest> {
  const where = `${store.name}/${key}`;
  const bytes = await store.read(key, longestManifest);
  if (bytes === undefined) throw new RegistryError('corrupt', `${where} was listed, and is not there`);
  const name = lastPart(key);
  const digest = digestOf(bytes, isDigest(name) ? algorithmOf(name) : 'sha256');
  return { manifest: readManifest(rawManifest(bytes), where), digest };
}

/** Returns the tag or digest of a key. */
export function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
