import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { TableMaker } from './table-maker.js';

/** Makes the tables of the index: repositories, tags with their history, manifests and what they name. */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export async function makeImageTables(db: Kysely<any>, kind: DatabaseKind): Promise<void> {
  const table = (name: string) => new TableMaker(db, kind, name);
  const index = (name: string, on: string, ...columns: string[]) =>
    db.schema.createIndex(name).on(on).columns(columns).execute();

  await table('repositories')
    .texts('id', 'registry', 'name', 'description')
    .numbers('created_at', 'pull_count')
    .optionalNumbers('pushed_at', 'pulled_at')
    .make('id');
  await db.schema
    .createIndex('repositories_by_name')
    .on('repositories')
    .columns(['name', 'registry'])
    .unique()
    .execute();
  await table('tags')
    .owner('repository_id', 'repositories')
    .texts('name', 'digest', 'pushed_by')
    .numbers('pushed_at')
    .optionalNumbers('pulled_at')
    .make('repository_id', 'name');
  await index('tags_by_digest', 'tags', 'digest');
  await index('tags_by_name', 'tags', 'name');
  await table('tag_history')
    .counter('id')
    .owner('repository_id', 'repositories')
    .texts('tag', 'actor', 'cause')
    .optionalTexts('digest')
    .numbers('at')
    .make();
  await index('tag_history_by_tag', 'tag_history', 'repository_id', 'tag');
  await table('repository_manifests')
    .owner('repository_id', 'repositories')
    .texts('digest', 'pushed_by')
    .numbers('pushed_at')
    .make('repository_id', 'digest');
  await index('repository_manifests_by_digest', 'repository_manifests', 'digest');
  await table('manifests')
    .texts('digest', 'media_type', 'artifact_type', 'platform', 'labels', 'annotations')
    .numbers('size', 'total_size')
    .optionalTexts('config_digest', 'subject')
    .optionalNumbers('created_at')
    .make('digest');
  await index('manifests_by_subject', 'manifests', 'subject');
  await table('manifest_parts')
    .owner('manifest', 'manifests', 'digest')
    .texts('digest', 'kind', 'media_type', 'platform')
    .numbers('position', 'size')
    .make('manifest', 'position');
  await index('manifest_parts_by_digest', 'manifest_parts', 'digest');
  await table('pulls')
    .owner('repository_id', 'repositories')
    .texts('digest', 'actor')
    .numbers('hour', 'count')
    .make('repository_id', 'digest', 'actor', 'hour');
  await table('registry_events').texts('id', 'registry').numbers('received_at').make('registry', 'id');
  await index('registry_events_by_time', 'registry_events', 'received_at');
  await table('reconciliations')
    .texts('registry', 'error')
    .numbers('ended_at', 'requests')
    .optionalNumbers('succeeded_at')
    .make('registry');
}
