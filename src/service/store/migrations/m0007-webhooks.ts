import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { TableMaker } from './table-maker.js';

/** Makes the tables of webhooks, of what is sent to them, and of notices that are given once. */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export async function makeWebhookTables(db: Kysely<any>, kind: DatabaseKind): Promise<void> {
  const number = kind === 'sqlite' ? 'integer' : 'bigint';
  // A mark a row, not one number for all: transactions of PostgreSQL end in another order than they count.
  await db.schema
    .alterTable('service_events')
    .addColumn('is_read', number, (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.createIndex('service_events_unread').on('service_events').columns(['is_read', 'number']).execute();

  await new TableMaker(db, kind, 'webhooks')
    .texts('id', 'name', 'account_id', 'registry', 'path', 'kinds', 'format', 'template', 'template_type')
    .texts('address', 'secrets', 'headers', 'disabled_why', 'created_by')
    .numbers('is_enabled', 'created_at', 'version')
    .optionalNumbers('disabled_at', 'failing_since')
    .make('id');

  await new TableMaker(db, kind, 'webhook_deliveries')
    .counter('number')
    .owner('webhook', 'webhooks')
    .texts('id', 'event', 'kind', 'subject', 'registry', 'repository', 'hosts', 'lane')
    .texts('state', 'why', 'content_type', 'body', 'leased_by')
    .numbers('event_at', 'created_at', 'tries')
    .optionalNumbers('next_at', 'leased_until', 'ended_at')
    .make();
  const onDeliveries = (name: string, ...columns: string[]) =>
    db.schema.createIndex(`webhook_deliveries_${name}`).on('webhook_deliveries').columns(columns);
  await onDeliveries('by_id', 'id').unique().execute();
  await onDeliveries('once', 'webhook', 'event').unique().execute();
  await onDeliveries('due', 'state', 'next_at').execute();
  await onDeliveries('of_webhook', 'webhook', 'number').execute();
  await onDeliveries('in_lane', 'webhook', 'lane', 'state', 'number').execute();

  await new TableMaker(db, kind, 'webhook_tries')
    .counter('number')
    .owner('delivery', 'webhook_deliveries')
    .texts('request_headers', 'response_headers', 'response_body', 'error')
    .numbers('at', 'duration')
    .optionalNumbers('status')
    .make();
  await db.schema
    .createIndex('webhook_tries_of_delivery')
    .on('webhook_tries')
    .columns(['delivery', 'number'])
    .execute();

  await new TableMaker(db, kind, 'given_notices').texts('name').numbers('at').make('name');
}
