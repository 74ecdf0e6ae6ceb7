import type { Registry } from '../../../registry/client/registry.js';
import { type Digest, isDigest } from '../../../registry/digest.js';
import type { RawManifest } from '../../../registry/manifest.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { Problem } from '../../problem.js';
import type { RemovalRow } from '../../store/tables.js';
import type { AtRegistry, ChangedPlace } from '../at-registry.js';
import { indexerName } from '../take-notifications.js';
import { blobsOf, holdBlobs } from './hold-blobs.js';
import type { KeptImages } from './kept-images.js';
import type { RepositoryGraph } from './repository-graph.js';

/** Deletions whose end is looked at in one go. */
const atOnce = 100;

/** Deletion of which something is kept. */
interface KeptWork {
  readonly registry: Registry;
  readonly by: string;
  readonly place: ChangedPlace;
  readonly graph: RepositoryGraph;
  readonly kind: RemovalRow['kind'];
  readonly forGood: boolean;
}

/**
 * Keeps what deletions need to be undone: the bytes of manifests in the database, and their blobs at the registry, by a manifest
 * that names them. So an image is gone at once, whoever asks for it by whatever name, and its blobs outlive each collection.
 */
export class ImageKeeper {
  readonly #at: AtRegistry;
  readonly #kept: KeptImages;

  constructor(at: AtRegistry, kept: KeptImages) {
    this.#at = at;
    this.#kept = kept;
  }

  /**
   * Keeps manifests before they are deleted.
   * @param holds their blobs would be garbage then
   * @returns time until when they can be brought back; null: not at all
   */
  async keep(
    { registry, by, place, graph, kind, forGood }: KeptWork,
    {
      digest,
      tags,
      manifests,
      holds,
    }: {
      readonly digest: string;
      readonly tags: readonly string[];
      /** In the order in which they are put back. */
      readonly manifests: readonly string[];
      readonly holds: boolean;
    },
  ): Promise<number | null> {
    const { duration } = this.#kept;
    if (forGood || duration === 0) return null;
    const found: (RawManifest & { tags: string[] })[] = [];
    for (const each of manifests.filter(isDigest)) {
      const raw = await registry.manifest(place.name, each);
      if (raw === undefined) continue; // An index may lack images.
      const own = each === digest ? [] : [...(graph.tagsOf.get(each) ?? [])];
      found.push({ ...raw, digest: each, tags: own });
    }
    if (!found.some((each) => each.digest === digest)) return null;
    const bytes = sizeOf(found);
    if (bytes === undefined) return null; // Nobody knows what it needs.
    const now = Date.now();
    const holder = holds
      ? await this.#at.change(indexerName, place, (own) => holdBlobs(own, place.name, found, now + duration))
      : undefined;
    const row = { registry: place.registry, repository: place.name, digest, kind, actor: by, bytes };
    return await this.#kept.add({ ...row, holder: holder ?? null, tags, manifests: found }, now);
  }

  /** Frees the blobs that a deletion holds: it was undone, or its time is over. */
  async release({ registry, repository, holder }: RemovalRow): Promise<void> {
    if (holder === null || !isDigest(holder)) return;
    const place = { id: '', registry, name: repository };
    await this.#at.change(indexerName, place, async (own) => await deleteIfThere(own, repository, holder));
  }

  /** Forgets the deletions whose time is over. What a registry refuses is tried the next time. */
  async clean(complain: (message: string) => void): Promise<void> {
    for (const row of await this.#kept.expired(atOnce)) {
      try {
        await this.release(row);
      } catch (error) {
        const isGone = error instanceof Problem && error.kind === 'not-found';
        if (!isGone) {
          complain(`${row.registry}/${row.repository}: blobs of what was deleted are held on: ${String(error)}`);
          continue;
        }
      }
      await this.#kept.forget(row.id);
    }
  }
}

async function deleteIfThere(registry: Registry, repository: string, digest: Digest): Promise<void> {
  if ((await registry.head(repository, digest)) !== undefined) await registry.deleteManifest(repository, digest);
}

/** Returns the bytes of manifests and what they name; undefined where one can't be read. */
function sizeOf(manifests: readonly RawManifest[]): number | undefined {
  try {
    const own = manifests.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return blobsOf(manifests).reduce((sum, { size }) => sum + size, own);
  } catch (error) {
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
}
