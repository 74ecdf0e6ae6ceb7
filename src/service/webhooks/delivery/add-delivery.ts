import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.js';
import { hostsOf } from '../event-sight.js';
import { type ToldEvent, testKind } from '../formats/told-event.js';
import type { WebhookBody } from '../formats/webhook-body.js';

/** Writes that an event is to be sent to a webhook. Where that is written already, nothing changes. */
export async function addDelivery(
  db: Kysely<Tables>,
  webhook: string,
  event: ToldEvent,
  body: WebhookBody | { readonly refused: string },
  now: number,
): Promise<string> {
  const id = randomUUID();
  const isRefused = 'refused' in body;
  await db
    .insertInto('webhook_deliveries')
    .values({
      webhook,
      id,
      event: event.id,
      kind: event.kind,
      subject: event.subject,
      registry: event.registry,
      repository: event.kind === testKind ? '' : event.repository,
      hosts: JSON.stringify(hostsOf(event.data)),
      // Events of one tag come in their order; others may overtake each other.
      lane: event.kind.startsWith('tag.') ? event.subject : '',
      state: isRefused ? 'failed' : 'waiting',
      why: isRefused ? body.refused : '',
      content_type: isRefused ? '' : body.contentType,
      body: isRefused ? '' : body.text,
      leased_by: '',
      event_at: event.at,
      created_at: now,
      tries: 0,
      next_at: isRefused ? null : now,
      leased_until: null,
      ended_at: isRefused ? now : null,
    })
    .onConflict((conflict) => conflict.columns(['webhook', 'event']).doNothing())
    .execute();
  return id;
}
