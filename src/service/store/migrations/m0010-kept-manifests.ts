import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { TableMaker } from './table-maker.js';

/** Makes the tables of what was deleted and can be brought back: deletions, and the manifests that each took along. */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export async function keepManifests(db: Kysely<any>, kind: DatabaseKind): Promise<void> {
  await new TableMaker(db, kind, 'removals')
    .texts('id', 'registry', 'repository', 'digest', 'tags', 'kind', 'actor')
    .optionalTexts('holder')
    .numbers('at', 'until', 'bytes')
    .make('id');
  await db.schema
    .createIndex('removals_by_repository')
    .on('removals')
    .columns(['registry', 'repository', 'at'])
    .execute();
  await db.schema.createIndex('removals_by_end').on('removals').column('until').execute();
  await new TableMaker(db, kind, 'kept_manifests')
    .owner('removal', 'removals')
    .texts('digest', 'media_type', 'content', 'tags')
    .numbers('position')
    .make('removal', 'position');
  await db.schema.createIndex('kept_manifests_by_digest').on('kept_manifests').column('digest').execute();
}
