import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { TableMaker } from './table-maker.js';

/** Makes the tables of what differs: hosts and registries beside the site, replicas beside their writer. */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export async function makeDriftTables(db: Kysely<any>, kind: DatabaseKind): Promise<void> {
  const table = (name: string) => new TableMaker(db, kind, name);
  await table('host_drift')
    .texts('host', 'state', 'reason', 'tasks')
    .numbers('since', 'task_count')
    .optionalNumbers('differs_since', 'looked_at')
    .optionalTexts('job')
    .make('host');
  await db.schema.createIndex('host_drift_by_state').on('host_drift').columns(['state', 'since']).execute();
  await table('registry_drift')
    .texts('registry', 'host', 'state', 'reason', 'tasks')
    .numbers('since', 'task_count')
    .optionalNumbers('differs_since', 'looked_at', 'measured_at')
    .optionalTexts('job', 'measured')
    .make('registry');
  await table('replica_members')
    .texts('registry', 'host', 'role', 'state', 'error')
    .numbers('is_reachable', 'since', 'missing', 'other', 'extra', 'is_complete', 'is_told')
    .optionalNumbers('looked_at', 'lag_since')
    .make('registry', 'host');
  await table('replica_tags')
    .texts('registry', 'host', 'repository', 'tag', 'problem')
    .optionalTexts('wanted', 'found')
    .numbers('since')
    .make('registry', 'host', 'repository', 'tag');
}
