import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { TableMaker } from './table-maker.js';

/** Makes the tables of jobs, their schedules, and who may do what on which hosts. */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export async function makeJobTables(db: Kysely<any>, kind: DatabaseKind): Promise<void> {
  const table = (name: string) => new TableMaker(db, kind, name);
  const index = (name: string, on: string, ...columns: string[]) =>
    db.schema.createIndex(name).on(on).columns(columns).execute();

  await table('service_instances').texts('id').numbers('seen_at').make('id');
  await table('jobs')
    .counter('number')
    .texts('id', 'kind', 'subject', 'state', 'request', 'hosts', 'created_by', 'reason', 'owner', 'problem')
    .optionalTexts('result', 'sealed', 'summary', 'parent', 'schedule', 'plan', 'waits_for')
    .numbers('created_at', 'cancel')
    .optionalNumbers('started_at', 'ended_at', 'pid', 'not_before')
    .make();
  await db.schema.createIndex('jobs_by_id').on('jobs').columns(['id']).unique().execute();
  await index('jobs_by_state', 'jobs', 'state');
  await index('jobs_by_kind', 'jobs', 'kind');
  await table('job_hosts').texts('job', 'host', 'result').make('job', 'host');
  await index('job_hosts_by_host', 'job_hosts', 'host');
  await table('job_locks').texts('host', 'job').make('host');
  await table('schedules')
    .texts('id', 'name', 'cron', 'zone', 'request', 'created_by', 'catch_up')
    .optionalTexts('window', 'last_job')
    .numbers('jitter', 'is_enabled', 'created_at', 'version')
    .optionalNumbers('next_at', 'last_at')
    .make('id');
  await db.schema.createIndex('schedules_by_name').on('schedules').columns(['name']).unique().execute();
  await table('job_grants')
    .texts('id', 'subject_kind', 'subject_id', 'hosts', 'verbs', 'created_by')
    .numbers('created_at')
    .make('id');
  await index('job_grants_by_subject', 'job_grants', 'subject_id');
}
