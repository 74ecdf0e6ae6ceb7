import type { Kysely } from 'kysely';
import { ContentReader } from '../../registry/admin/content-reader.js';
import type { Registry } from '../../registry/client/registry.js';
import type { Digest } from '../../registry/digest.js';
import type { ImageConfigRow, Tables } from '../store/tables.js';
import { describeManifest, type IndexedManifest } from './describe-manifest.js';
import type { ImageIndex } from './image-index.js';
import { measureWhole } from './measure-whole.js';

/**
 * Reads the manifests of a registry that the index has not read yet, and those that they lead to. One that can't be read is
 * written down as such, and not asked for again. @returns how many were read
 */
export async function readNewManifests(
  index: ImageIndex,
  name: string,
  registry: Registry,
  complain: (message: string) => void,
): Promise<number> {
  const reader = new ContentReader(registry);
  let count = 0;
  for (;;) {
    const some = await index.unread(name, 100);
    if (some.length === 0) return count;
    for (const { digest, repository } of some) {
      await keep(
        index,
        name,
        repository,
        await describeManifest(registry, reader, repository, digest as Digest, complain),
      );
      count += 1;
    }
  }
}

/**
 * Reads what the index lacks of manifests that an older program has read: configurations, and who parts are about. Some at a time,
 * as nobody waits for it. @returns how many were read
 */
export async function readOlderDetails(
  { database: { db } }: ImageIndex,
  name: string,
  registry: Registry,
  complain: (message: string) => void,
  most: number,
): Promise<number> {
  const rows = await db
    .selectFrom('manifests')
    .innerJoin('repository_manifests', 'repository_manifests.digest', 'manifests.digest')
    .innerJoin('repositories', 'repositories.id', 'repository_manifests.repository_id')
    .select(['manifests.digest', ({ fn }) => fn.min('repositories.name').as('repository')])
    .where('is_detailed', '=', 0)
    .where('repositories.registry', '=', name)
    .groupBy('manifests.digest')
    .limit(most)
    .execute();
  const reader = new ContentReader(registry);
  for (const { digest, repository } of rows) {
    const { parts, config } = await describeManifest(registry, reader, repository, digest as Digest, complain);
    await db.transaction().execute(async (transaction) => {
      for (const { manifest, position, reference_type, reference_digest } of parts) {
        if (reference_type === '' && reference_digest === '') continue;
        await transaction
          .updateTable('manifest_parts')
          .set({ reference_type, reference_digest })
          .where('manifest', '=', manifest)
          .where('position', '=', position)
          .execute();
      }
      if (config !== undefined) await keepConfig(transaction, config);
      await transaction.updateTable('manifests').set({ is_detailed: 1 }).where('digest', '=', digest).execute();
    });
  }
  return rows.length;
}

async function keep(
  { database: { db } }: ImageIndex,
  registry: string,
  repository: string,
  { row, parts, labels, config }: IndexedManifest,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('manifests')
      .values(row)
      .onConflict((conflict) => conflict.column('digest').doNothing())
      .execute();
    for (const part of parts) {
      await transaction
        .insertInto('manifest_parts')
        .values(part)
        .onConflict((conflict) => conflict.columns(['manifest', 'position']).doNothing())
        .execute();
    }
    if (labels.length > 0) {
      await transaction
        .insertInto('manifest_labels')
        .values(labels)
        .onConflict((conflict) => conflict.columns(['manifest', 'name']).doNothing())
        .execute();
    }
    if (config !== undefined) await keepConfig(transaction, config);
    await measureWhole(transaction, row.digest);
    // Parts of an index are pushed by digest: where that was not told, they are in the repository all the same.
    const home = await transaction
      .selectFrom('repositories')
      .innerJoin('repository_manifests', 'repository_manifests.repository_id', 'repositories.id')
      .select(['repositories.id', 'repository_manifests.pushed_at', 'repository_manifests.pushed_by'])
      .where('registry', '=', registry)
      .where('name', '=', repository)
      .where('repository_manifests.digest', '=', row.digest)
      .executeTakeFirst();
    if (home === undefined) return;
    for (const { digest, kind } of parts) {
      if (kind !== 'manifest') continue;
      await transaction
        .insertInto('repository_manifests')
        .values({ repository_id: home.id, digest, pushed_at: home.pushed_at, pushed_by: home.pushed_by })
        .onConflict((conflict) => conflict.columns(['repository_id', 'digest']).doNothing())
        .execute();
    }
  });
}

async function keepConfig(db: Kysely<Tables>, config: ImageConfigRow): Promise<void> {
  await db
    .insertInto('image_configs')
    .values(config)
    .onConflict((conflict) => conflict.column('manifest').doNothing())
    .execute();
}
