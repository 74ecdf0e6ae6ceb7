import type { OpenedRegistry } from '../../../registry/client/open.js';
import { type Digest, isDigest } from '../../../registry/digest.js';
import { type RawManifest, readManifest } from '../../../registry/manifest.js';
import { notFound, Problem } from '../../problem.js';
import type { RemovalRow } from '../../store/tables.js';
import type { AtRegistry, ChangedPlace } from '../at-registry.js';
import type { ImageIndex, IndexChange } from '../image-index.js';
import type { ImageKeeper } from './image-keeper.js';
import { type KeptImages, tagsIn } from './kept-images.js';
import { missingBlobs } from './missing-blobs.js';

/** Tag that leads to an image again. */
export interface RestoredTag {
  readonly tag: string;
  readonly digest: string;
  /** Digest that it led to before; null: it was not there. */
  readonly was: string | null;
  /** Manifests that were put back. */
  readonly restored: string[];
}

/** Undoes deletions, and moves of tags: whole, or not at all. */
export class ImageRestorer {
  readonly #index: ImageIndex;
  readonly #at: AtRegistry;
  readonly #kept: KeptImages;
  readonly #keeper: ImageKeeper;

  constructor(index: ImageIndex, at: AtRegistry, kept: KeptImages, keeper: ImageKeeper) {
    this.#index = index;
    this.#at = at;
    this.#kept = kept;
    this.#keeper = keeper;
  }

  /** Brings a deleted tag back. @param digest default: what it was last @throws Problem where it is not kept, or something is missing */
  async restoreTag(by: string, place: ChangedPlace, tag: string, digest: string | undefined): Promise<RestoredTag> {
    const removal = await this.#find(place, { tag, digest });
    return await this.#at.change(by, place, async (registry) => {
      const was = (await registry.head(place.name, tag))?.digest ?? null;
      if (was !== null && was !== removal.digest) {
        throw new Problem('conflict', `${tag} leads to ${was} now: revert moves a tag that is there`);
      }
      const restored = await this.#putBack(by, registry, place, removal, [tag]);
      return { tag, digest: removal.digest, was, restored };
    });
  }

  /** Brings a deleted image back, with the tags that went with it and are not there now. @throws Problem */
  async restoreImage(
    by: string,
    place: ChangedPlace,
    digest: string,
  ): Promise<{ digest: string; tags: string[]; restored: string[] }> {
    const removal = await this.#find(place, { digest });
    return await this.#at.change(by, place, async (registry) => {
      const tags: string[] = [];
      for (const tag of tagsIn(removal)) if ((await registry.head(place.name, tag)) === undefined) tags.push(tag);
      const restored = await this.#putBack(by, registry, place, removal, tags);
      await this.#forget(removal);
      return { digest, tags, restored };
    });
  }

  /** Moves a tag to an image that it once led to. @throws Problem where that is neither there nor kept */
  async revertTag(by: string, place: ChangedPlace, tag: string, digest: Digest): Promise<RestoredTag> {
    const known = await this.#index.database.db
      .selectFrom('tag_history')
      .select('id')
      .where('repository_id', '=', place.id)
      .where('tag', '=', tag)
      .where('digest', '=', digest)
      .limit(1)
      .executeTakeFirst();
    if (known === undefined) throw notFound(`${digest} in the history of ${tag}`);
    return await this.#at.change(by, place, async (registry) => {
      const was = (await registry.head(place.name, tag))?.digest ?? null;
      const there = await registry.manifest(place.name, digest);
      if (there !== undefined) {
        await refuseMissing(registry, place, [there]);
        await registry.putManifest(place.name, tag, { ...there, digest });
        await this.#record(by, place, [digest], digest, [tag]);
        return { tag, digest, was, restored: [] };
      }
      const removal = await this.#kept.find({ registry: place.registry, repository: place.name }, { digest });
      if (removal === undefined) {
        throw new Problem('conflict', `${digest} is neither in ${place.name} any more, nor was it kept`);
      }
      return { tag, digest, was, restored: await this.#putBack(by, registry, place, removal, [tag]) };
    });
  }

  async #find(
    place: ChangedPlace,
    wanted: { readonly tag?: string; readonly digest?: string | undefined },
  ): Promise<RemovalRow> {
    const found = await this.#kept.find({ registry: place.registry, repository: place.name }, wanted);
    if (found !== undefined) return found;
    const what = wanted.tag === undefined ? `deleted image ${wanted.digest}` : `deleted tag ${wanted.tag}`;
    throw notFound(`${what} in ${place.name} that was kept`);
  }

  /** Puts the manifests of a deletion back, once all that they name is known to be there. @returns those that were not there */
  async #putBack(
    by: string,
    registry: OpenedRegistry,
    place: ChangedPlace,
    removal: RemovalRow,
    tags: readonly string[],
  ): Promise<string[]> {
    const rows = await this.#kept.manifests(removal.id);
    const manifests = rows.flatMap(({ digest, media_type: mediaType, content, tags: own }) => {
      const raw = { mediaType, bytes: Buffer.from(content, 'base64'), tags: JSON.parse(own) as string[] };
      return isDigest(digest) ? [{ ...raw, digest }] : [];
    });
    await refuseMissing(registry, place, manifests);
    const restored: string[] = [];
    const late: (() => Promise<unknown>)[] = [];
    for (const manifest of manifests) {
      const { digest } = manifest;
      if ((await registry.head(place.name, digest)) === undefined) {
        await registry.putManifest(place.name, digest, manifest);
        restored.push(digest);
      }
      // Tags come last: what they lead to is whole then.
      const names = digest === removal.digest ? tags : manifest.tags;
      for (const tag of names) late.push(() => registry.putManifest(place.name, tag, manifest));
    }
    for (const put of late) await put();
    const digests = manifests.map(({ digest }) => digest);
    await this.#record(by, place, digests, removal.digest, tags);
    for (const { digest, tags: own } of manifests) {
      if (digest !== removal.digest) await this.#record(by, place, [], digest, own);
    }
    if (await this.#kept.restored(removal, tags)) await this.#keeper.release(removal);
    return restored;
  }

  async #forget(removal: RemovalRow): Promise<void> {
    await this.#kept.forget(removal.id);
    await this.#keeper.release(removal);
  }

  /** Writes what is there again into the index, and into the history of tags: notifications may have told of it before. */
  async #record(
    by: string,
    { id, registry, name: repository }: ChangedPlace,
    digests: readonly string[],
    root: string,
    tags: readonly string[],
  ): Promise<void> {
    const change: IndexChange = { registry, repository, at: Date.now(), actor: by, cause: 'restored' };
    await this.#index.database.db.transaction().execute(async (db) => {
      for (const digest of digests) await this.#index.recordPush(change, digest, undefined, db);
      for (const tag of tags) {
        await this.#index.recordPush(change, root, tag, db);
        const latest = db
          .selectFrom('tag_history')
          .select(({ fn }) => fn.max('id').as('id'))
          .where('repository_id', '=', id)
          .where('tag', '=', tag);
        await db
          .updateTable('tag_history')
          .set({ cause: 'restored' })
          .where('id', 'in', latest)
          .where('digest', '=', root)
          .where('actor', '=', by)
          .execute();
      }
    });
  }
}

/** @throws Problem naming what manifests need and the registry has no more */
async function refuseMissing(
  registry: OpenedRegistry,
  place: ChangedPlace,
  manifests: readonly RawManifest[],
): Promise<void> {
  const coming = new Set<string>(manifests.map(({ digest }) => digest));
  const missing = await missingBlobs(registry, place.name, manifests);
  for (const raw of manifests) {
    const manifest = readManifest(raw, raw.digest);
    if (manifest.kind !== 'index') continue;
    for (const { digest } of manifest.manifests) {
      // An index may have lacked images before; then the registry takes it so again, or refuses it.
      if (!coming.has(digest) && (await registry.head(place.name, digest)) === undefined) missing.push(digest);
    }
  }
  if (missing.length === 0) return;
  throw new Problem(
    'conflict',
    `${place.name} lacks what it needs: ${missing.slice(0, 5).join(', ')}. It was collected`,
    {
      errors: missing.slice(0, 100).map((digest) => ({ pointer: digest, detail: 'is not there any more' })),
    },
  );
}
