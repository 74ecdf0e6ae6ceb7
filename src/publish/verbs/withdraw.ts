import { setTimeout as sleep } from 'node:timers/promises';
import { referrersTag, subjectOfTag } from '../../registry/attached-tags.js';
import { algorithmOf, type Digest, digestOf, isDigest } from '../../registry/digest.js';
import {
  blobsIn,
  checkDepth,
  type Manifest,
  rawManifest,
  readDescriptors,
  readManifest,
} from '../../registry/manifest.js';
import { RegistryError } from '../../registry/registry-error.js';
import { readNames } from '../layouts/name-list.js';
import { listObject } from '../layouts/static-layout.js';
import type { V2Places } from '../layouts/v2-places.js';
import type { NewObject, ObjectAccess, ObjectStore, StoredObject } from '../stores/object-store.js';

/** Options of {@link withdrawTags}. */
export interface WithdrawOptions {
  readonly store: ObjectStore;
  readonly places: V2Places;
  /** Name of the repository, in its list of tags. */
  readonly name: string;
  /** Tags to withdraw; undefined: all. */
  readonly tags: readonly string[] | undefined;
  readonly access: ObjectAccess;
  /** Milliseconds for which redirects that were given still lead to the content. */
  readonly wait: number;
  /**
   * Writes the redirect file for the manifests that are there, or removes it where none are: first without the tags that go, and
   * again after the wait, without their manifests.
   */
  readonly writeRedirect?: (kept: ReadonlyMap<string, StoredObject>) => Promise<void>;
  /** Called when the wait begins. */
  readonly waits?: () => void;
  /** true: what would be deleted is returned, and nothing is. */
  readonly isDryRun?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Keys that were deleted, in this order. */
export interface Withdrawal {
  readonly tags: readonly string[];
  readonly manifests: readonly string[];
  readonly blobs: readonly string[];
  /** Bytes of all of them. */
  readonly bytes: number;
}

const longestManifest = 4 << 20;

/**
 * Withdraws tags in the order that no client notices: from the redirect file, then tags and their list; then, when nobody who read
 * one of them is still pulling, manifests and blobs that no other tag needs. What no tag has ever led to stays: somebody may be publishing it.
 * @throws RegistryError `not-found` for a tag that isn't there
 */
export async function withdrawTags(options: WithdrawOptions): Promise<Withdrawal> {
  const { store, places, name, access, wait, isDryRun = false, signal } = options;
  const there = new Map<string, StoredObject>();
  for await (const object of store.list(places.prefix)) there.set(object.key, object);
  const content = new StoredContent(store, places, there);
  const listed = (await readNames(store, places.tagList, 'tags')).names;
  const missing = options.tags?.find((tag) => !listed.includes(tag));
  if (missing !== undefined)
    throw new RegistryError('not-found', `${store.name} has no tag ${missing} of ${name}`, {
      hint:
        listed.length === 0 ? 'check the name of the repository' : `choose one of: ${listed.slice(0, 20).join(', ')}`,
    });
  const asked = new Set(options.tags ?? listed);
  const { kept, going } = await divideTags(content, listed, asked);
  const needed = await content.reach(kept);
  const reached = await content.reach(going);
  const gone = [...reached.keys()].filter((key) => !needed.has(key));
  const manifests = gone.filter((key) => reached.get(key) === 'manifest');
  const blobs = gone.filter((key) => reached.get(key) === 'blob');
  const tags = [...reached.keys()].filter((key) => reached.get(key) === 'tag');
  const lists = gone.filter((key) => reached.get(key) === 'list');
  const sizeOf = (key: string) => there.get(key)?.size ?? 0;
  const bytes = [...tags, ...lists, ...manifests, ...blobs].reduce((sum, key) => sum + sizeOf(key), 0);
  const withdrawal = { tags: [...tags, ...lists], manifests, blobs, bytes };
  if (isDryRun) return withdrawal;
  for (const key of [...tags, ...lists]) there.delete(key);
  await options.writeRedirect?.(there);
  await store.delete([...tags, ...lists]);
  if (kept.length === 0) await store.delete([places.tagList]);
  else await putTagList(store, places, name, kept, access);
  // Who has read a tag's manifest is still sent to its parts.
  options.waits?.();
  await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch(() => {
    throw new RegistryError(
      'interrupted',
      'withdrawing was interrupted: the tags are gone, their content is still there',
    );
  });
  for (const key of gone) there.delete(key);
  await options.writeRedirect?.(there);
  // Those that name others first: what is there never names what isn't.
  for (const some of inTurns(manifests, content.depths(manifests))) await store.delete(some);
  await store.delete(blobs);
  return withdrawal;
}

async function putTagList(
  store: ObjectStore,
  places: V2Places,
  name: string,
  tags: readonly string[],
  access: ObjectAccess,
): Promise<void> {
  const { content, contentType, cacheControl, size, sha256 } = listObject(places.tagList, { name, tags });
  const object: NewObject = { key: places.tagList, size, sha256, contentType, cacheControl, access };
  if (content instanceof Uint8Array) await store.put(object, content);
}

/** Divides tags into those that stay and those that go: signatures go with what they are about. */
async function divideTags(
  content: StoredContent,
  listed: readonly string[],
  asked: ReadonlySet<string>,
): Promise<{ kept: string[]; going: string[] }> {
  const ordinary = listed.filter((tag) => subjectOfTag(tag) === undefined);
  const needed = await content.reach(ordinary.filter((tag) => !asked.has(tag)));
  const isOrphan = (tag: string) => {
    const subject = subjectOfTag(tag);
    return subject !== undefined && !content.manifestKeys(subject).some((key) => needed.has(key));
  };
  const going = listed.filter((tag) => asked.has(tag) || isOrphan(tag));
  return { going, kept: listed.filter((tag) => !going.includes(tag)) };
}

function inTurns(keys: readonly string[], depthOf: ReadonlyMap<string, number>): string[][] {
  const depths = [...new Set(depthOf.values())].sort((a, b) => a - b);
  return depths.map((depth) => keys.filter((key) => depthOf.get(key) === depth));
}

type Role = 'tag' | 'list' | 'manifest' | 'blob';

/** Manifests of a store, each read once. */
class StoredContent {
  readonly #store: ObjectStore;
  readonly #places: V2Places;
  readonly #there: ReadonlyMap<string, StoredObject>;
  readonly #manifests = new Map<string, { manifest: Manifest; digest: Digest }>();
  readonly #depths = new Map<string, number>();

  constructor(store: ObjectStore, places: V2Places, there: ReadonlyMap<string, StoredObject>) {
    this.#store = store;
    this.#places = places;
    this.#there = there;
  }

  /** Returns the keys by which a manifest is there. */
  manifestKeys(reference: string): string[] {
    return this.#places.manifestFolders.map((folder) => `${folder}${reference}`).filter((key) => this.#there.has(key));
  }

  /** Finds all objects that tags lead to, and their role. */
  async reach(tags: readonly string[]): Promise<Map<string, Role>> {
    const reached = new Map<string, Role>();
    for (const tag of tags) {
      for (const key of this.manifestKeys(tag)) {
        reached.set(key, 'tag');
        const { digest } = await this.#read(key);
        await this.#reachManifest(digest, reached, 0);
      }
    }
    return reached;
  }

  async #reachManifest(digest: Digest, reached: Map<string, Role>, depth: number): Promise<void> {
    checkDepth(depth, `${this.#store.name}: ${digest}`);
    for (const key of this.manifestKeys(digest)) {
      this.#depths.set(key, Math.max(this.#depths.get(key) ?? 0, depth));
      if (reached.has(key)) continue;
      reached.set(key, 'manifest');
      const { manifest } = await this.#read(key);
      for (const blob of blobsIn(manifest)) {
        const blobKey = this.#places.blob(blob.digest);
        if (this.#there.has(blobKey)) reached.set(blobKey, 'blob');
      }
      const children = manifest.kind === 'index' ? manifest.manifests : [];
      for (const child of children) await this.#reachManifest(child.digest, reached, depth + 1);
    }
    await this.#reachReferrers(digest, reached, depth);
  }

  async #reachReferrers(digest: Digest, reached: Map<string, Role>, depth: number): Promise<void> {
    const key = this.#places.referrers(digest);
    if (key === undefined || !this.#there.has(key) || reached.has(key)) return;
    reached.set(key, 'list');
    for (const fallback of this.manifestKeys(referrersTag(digest))) reached.set(fallback, 'list');
    const bytes = (await this.#store.read(key, longestManifest)) ?? Buffer.from('{}');
    for (const each of readDescriptors(rawManifest(bytes), `${this.#store.name}/${key}`).descriptors)
      await this.#reachManifest(each.digest, reached, depth + 1);
  }

  /** Returns the depth of manifests below the tags that led to them. */
  depths(keys: readonly string[]): ReadonlyMap<string, number> {
    return new Map(keys.map((key) => [key, this.#depths.get(key) ?? 0]));
  }

  async #read(key: string): Promise<{ manifest: Manifest; digest: Digest }> {
    const known = this.#manifests.get(key);
    if (known !== undefined) return known;
    const where = `${this.#store.name}/${key}`;
    const bytes = await this.#store.read(key, longestManifest);
    if (bytes === undefined) throw new RegistryError('corrupt', `${where} was listed, and is not there`);
    const name = key.slice(key.lastIndexOf('/') + 1);
    const digest = digestOf(bytes, isDigest(name) ? algorithmOf(name) : 'sha256');
    const found = { manifest: readManifest(rawManifest(bytes), where), digest };
    this.#manifests.set(key, found);
    return found;
  }
}
