import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.js';

/**
 * Adds what accounts of a directory need: when it was last asked for them, since when it has none, and which memberships of groups
 * came from it. Two accounts can't be of one user there.
 */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export async function addDirectories(db: Kysely<any>, kind: DatabaseKind): Promise<void> {
  const time = kind === 'sqlite' ? 'integer' : 'bigint';
  await db.schema.alterTable('accounts').addColumn('checked_at', time).execute();
  await db.schema.alterTable('accounts').addColumn('gone_at', time).execute();
  await db.schema
    .alterTable('group_members')
    .addColumn('source', 'text', (column) => column.notNull().defaultTo('local'))
    .execute();
  await db.schema
    .createIndex('accounts_by_external_id')
    .on('accounts')
    .columns(['source', 'external_id'])
    .unique()
    .execute();
}
