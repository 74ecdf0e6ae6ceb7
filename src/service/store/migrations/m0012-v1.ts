import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { TableMaker } from './table-maker.js';

/** Makes the table of layers by the names that they have in the first registry's protocol. */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export async function makeV1Table(db: Kysely<any>, kind: DatabaseKind): Promise<void> {
  await new TableMaker(db, kind, 'v1_layers')
    .text('id')
    .owner('manifest', 'manifests', 'digest')
    .make('id', 'manifest');
  await db.schema.createIndex('v1_layers_by_manifest').on('v1_layers').column('manifest').execute();
}
