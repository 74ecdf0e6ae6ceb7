import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.js';
import type { NewServiceEvent } from './service-event.js';

/**
 * Writes an event to the outbox.
 * @param db transaction that makes the change which it tells of, so that neither is there without the other
 */
export async function addServiceEvent(db: Kysely<Tables>, event: NewServiceEvent): Promise<void> {
  await db
    .insertInto('service_events')
    .values({
      id: randomUUID(),
      kind: event.kind,
      subject: event.subject,
      registry: event.registry ?? '',
      repository: event.repository ?? '',
      at: event.at,
      actor: event.actor,
      data: JSON.stringify(event.data),
    })
    .execute();
}
