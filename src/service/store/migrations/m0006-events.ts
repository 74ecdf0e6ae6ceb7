import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { TableMaker } from './table-maker.js';

/** Makes the outbox: events that others are told of, in the order in which they were written. */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export async function makeEventTable(db: Kysely<any>, kind: DatabaseKind): Promise<void> {
  await new TableMaker(db, kind, 'service_events')
    .counter('number')
    .texts('id', 'kind', 'subject', 'registry', 'repository', 'actor', 'data')
    .numbers('at')
    .make();
  await db.schema.createIndex('service_events_by_id').on('service_events').columns(['id']).unique().execute();
  await db.schema.createIndex('service_events_by_time').on('service_events').column('at').execute();
}
