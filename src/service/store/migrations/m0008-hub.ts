import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { TableMaker } from './table-maker.js';

/** Makes the tables of what people say of repositories, and of mirrors: how they differ from what they mirror. */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export async function makeHubTables(db: Kysely<any>, kind: DatabaseKind): Promise<void> {
  const table = (name: string) => new TableMaker(db, kind, name);
  const index = (name: string, on: string, ...columns: string[]) =>
    db.schema.createIndex(name).on(on).columns(columns).execute();

  await table('stars')
    .owner('account_id', 'accounts')
    .owner('repository_id', 'repositories')
    .numbers('created_at')
    .make('account_id', 'repository_id');
  await index('stars_by_repository', 'stars', 'repository_id');

  await table('comments')
    .counter('number')
    .owner('repository_id', 'repositories')
    .texts('tag', 'account_id', 'author', 'source', 'html')
    .numbers('html_version', 'created_at')
    .optionalNumbers('edited_at')
    .make();
  await index('comments_by_repository', 'comments', 'repository_id', 'number');

  await table('readmes')
    .owner('repository_id', 'repositories')
    .texts('source', 'html', 'written_by')
    .numbers('html_version', 'written_at', 'version')
    .make('repository_id');

  await table('notices')
    .texts('id', 'registry', 'path', 'level', 'source', 'html', 'created_by')
    .numbers('html_version', 'created_at')
    .optionalNumbers('until')
    .make('id');
  await index('notices_by_path', 'notices', 'path', 'registry');

  await table('written_texts').owner('account_id', 'accounts').numbers('hour', 'count').make('account_id', 'hour');

  await table('mirror_looks')
    .texts('registry', 'upstream', 'error')
    .numbers('ended_at', 'requests', 'repositories', 'is_partial')
    .optionalNumbers('succeeded_at')
    .make('registry');
  await table('mirror_repositories')
    .texts('registry', 'repository', 'error')
    .numbers('looked_at')
    .make('registry', 'repository');
  await table('mirror_differences')
    .texts('registry', 'repository', 'tag', 'kind')
    .optionalTexts('upstream_digest', 'own_digest')
    .numbers('since')
    .make('registry', 'repository', 'tag');

  // The newest images of a repository are looked at for a description.
  await index('repository_manifests_by_time', 'repository_manifests', 'repository_id', 'pushed_at');
}
