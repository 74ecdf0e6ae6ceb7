import { type Kysely, sql } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { labelRows } from '../label-rows.js';
import { TableMaker } from './table-maker.js';

/** Manifests whose labels are copied at a time. */
const batch = 500;

/** Makes what searches need: labels as rows of their own, platforms in an index, repositories in the order of listings. */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export async function makeSearchTables(db: Kysely<any>, kind: DatabaseKind): Promise<void> {
  await new TableMaker(db, kind, 'manifest_labels')
    .owner('manifest', 'manifests', 'digest')
    .texts('name', 'value')
    .make('manifest', 'name');
  await db.schema
    .createIndex('manifest_labels_by_value')
    .on('manifest_labels')
    .columns(['name', 'value', 'manifest'])
    .execute();
  await db.schema.createIndex('manifests_by_platform').on('manifests').column('platform').execute();
  // SQLite compares bytes anyway, and has an index of both columns.
  if (kind === 'postgres') {
    await sql`create index repositories_in_order on repositories (name collate "C", registry collate "C")`.execute(db);
  }
  for (let last = ''; ; ) {
    const rows = await db
      .selectFrom('manifests')
      .select(['digest', 'labels', 'annotations'])
      .where('digest', '>', last)
      .orderBy('digest')
      .limit(batch)
      .execute();
    const labels = rows.flatMap(({ digest, labels, annotations }) =>
      labelRows(digest, JSON.parse(annotations), JSON.parse(labels)),
    );
    for (let at = 0; at < labels.length; at += batch) {
      await db
        .insertInto('manifest_labels')
        .values(labels.slice(at, at + batch))
        .execute();
    }
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.digest;
  }
}
