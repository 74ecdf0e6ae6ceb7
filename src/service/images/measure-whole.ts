import { type Kysely, sql } from 'kysely';
import type { Tables } from '../store/tables.js';

/**
 * Writes the bytes of a manifest with all that its images name, each content once, to it, to the indexes that name it, and to the
 * tags of all of them. Images of an index may be read after it, or before.
 */
export async function measureWhole(db: Kysely<Tables>, digest: string): Promise<void> {
  const parents = await db
    .selectFrom('manifest_parts')
    .select('manifest')
    .distinct()
    .where('digest', '=', digest)
    .where('kind', '=', 'manifest')
    .execute();
  const all = sql.join([digest, ...parents.map(({ manifest }) => manifest)]);
  await sql`update manifests set whole_size = size + (select coalesce(sum(named.size), 0) from (
      select child.digest, child.size from manifest_parts as child where child.manifest = manifests.digest
      union select part.digest, part.size from manifest_parts as child
        join manifest_parts as part on part.manifest = child.digest
        where child.manifest = manifests.digest and child.kind = 'manifest') as named)
    where digest in (${all})`.execute(db);
  await sql`update tags set bytes = (select whole_size from manifests where digest = tags.digest)
    where digest in (select digest from manifests where digest in (${all}))`.execute(db);
}
