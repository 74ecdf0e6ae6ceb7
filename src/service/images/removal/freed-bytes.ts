import type { ChangedPlace } from '../at-registry.js';
import type { ImageIndex } from '../image-index.js';

/** Digests of one question to the database. */
const batch = 1000;

/**
 * Returns the bytes that a collection of garbage frees once manifests of a repository are gone: of blobs that no other manifest
 * of the registry names, and of the manifests themselves. Registries keep each content once, whatever its repositories.
 */
export async function freedBytes(
  { database: { db } }: ImageIndex,
  { id, registry }: Pick<ChangedPlace, 'id' | 'registry'>,
  going: readonly string[],
): Promise<number> {
  const blobs = new Map<string, { readonly size: number; uses: number }>();
  let bytes = 0;
  for (const digests of batches(going)) {
    const rows = await db
      .selectFrom('manifest_parts')
      .select(['digest', 'size'])
      .where('manifest', 'in', digests)
      .where('kind', '!=', 'manifest')
      .execute();
    for (const { digest, size } of rows) {
      const blob = blobs.get(digest);
      if (blob === undefined) blobs.set(digest, { size, uses: 1 });
      else blob.uses += 1;
    }
    const elsewhere = db
      .selectFrom('repository_manifests as held')
      .innerJoin('repositories', 'repositories.id', 'held.repository_id')
      .select('held.digest')
      .where('repositories.registry', '=', registry)
      .where('held.repository_id', '!=', id);
    const own = await db
      .selectFrom('manifests')
      .select(({ fn }) => fn.sum<number | null>('size').as('sum'))
      .where('digest', 'in', digests)
      .where('digest', 'not in', elsewhere.where('held.digest', 'in', digests))
      .executeTakeFirst();
    bytes += Number(own?.sum ?? 0);
  }
  for (const digests of batches([...blobs.keys()])) {
    const rows = await db
      .selectFrom('manifest_parts as part')
      .innerJoin('repository_manifests as held', 'held.digest', 'part.manifest')
      .innerJoin('repositories', 'repositories.id', 'held.repository_id')
      .select(['part.digest', ({ fn }) => fn.countAll<number>().as('uses')])
      .where('part.digest', 'in', digests)
      .where('repositories.registry', '=', registry)
      .groupBy('part.digest')
      .execute();
    const uses = new Map(rows.map((row) => [row.digest, Number(row.uses)]));
    for (const digest of digests) {
      const blob = blobs.get(digest);
      if (blob !== undefined && (uses.get(digest) ?? 0) <= blob.uses) bytes += blob.size;
    }
  }
  return bytes;
}

function* batches(all: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < all.length; at += batch) yield all.slice(at, at + batch);
}
