import type { Selectable } from 'kysely';
import { TemplateError } from '../../../vars/template/template-error.js';
import { webhookFormats } from '../../schemas/webhooks.js';
import type { ServiceEventRow } from '../../store/tables.js';
import { type EventSight, hostsOf } from '../event-sight.js';
import { bodyOf } from '../formats/body-of.js';
import type { ToldEvent } from '../formats/told-event.js';
import type { WebhookBody } from '../formats/webhook-body.js';
import type { StoredWebhook, Webhooks } from '../webhooks.js';
import { addDelivery } from './add-delivery.js';
import type { Deliveries } from './deliveries.js';
import type { EventTelling } from './event-telling.js';
import { hears } from './hears.js';

/** Events that are read at a time. */
const atOnce = 100;
/** Milliseconds for which an event of a push waits until its image was read: then its platforms are known. */
const patience = 2000;
/** Letters of a body at most. */
const largestBody = 1 << 20;

interface Parts {
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly sight: EventSight;
  readonly telling: EventTelling;
  readonly now: () => number;
}

type Event = Selectable<ServiceEventRow>;

/**
 * Reads the outbox, and writes a delivery for each webhook that hears of an event; both at once, so that none is lost and none is
 * there twice. @returns true: there may be more
 */
export async function fanOut({ webhooks, deliveries, sight, telling, now }: Parts): Promise<boolean> {
  const { db } = deliveries.database;
  const unread = await db
    .selectFrom('service_events')
    .selectAll()
    .where('is_read', '=', 0)
    .orderBy('number')
    .limit(atOnce)
    .execute();
  if (unread.length === 0) return false;
  const hooks = await webhooks.enabled();
  const events: Event[] = [];
  const planned: { webhook: string; event: ToldEvent; body: WebhookBody | { refused: string } }[] = [];
  for (const row of unread) {
    const some = hooks.filter((hook) => hears(hook, row));
    if (some.length > 0) {
      const { event, isComplete } = await telling.tell(row);
      // All behind it wait as well: the next event of this tag may be among them.
      if (!isComplete && now() - row.at < patience && row.at <= now()) break;
      for (const hook of some) {
        const place = { registry: row.registry, repository: row.repository, hosts: hostsOf(event.data) };
        // Where nobody knows it now, each try asks again.
        if ((await sight.mayHear(hook.account_id, place)) === 'no') continue;
        planned.push({ webhook: hook.id, event, body: await renderedBody(hook, event) });
      }
    }
    events.push(row);
  }
  if (events.length === 0) return false;
  await db.transaction().execute(async (transaction) => {
    const marked = await transaction
      .updateTable('service_events')
      .set({ is_read: 1 })
      .where(
        'number',
        'in',
        events.map(({ number }) => number),
      )
      .where('is_read', '=', 0)
      .returning('id')
      .execute();
    // Another service may have read them meanwhile.
    const mine = new Set(marked.map(({ id }) => id));
    for (const { webhook, event, body } of planned) {
      const isThere = await transaction
        .selectFrom('webhooks')
        .select('id')
        .where('id', '=', webhook)
        .executeTakeFirst();
      if (mine.has(event.id) && isThere !== undefined) await addDelivery(transaction, webhook, event, body, now());
    }
  });
  return events.length === atOnce;
}

/** Makes the body of an event for a webhook, or says why it can't be. */
export async function renderedBody(
  { format, template: text, template_type: type }: StoredWebhook,
  event: ToldEvent,
): Promise<WebhookBody | { refused: string }> {
  const known = webhookFormats.find((each) => each === format) ?? 'cloudevents';
  try {
    const body = await bodyOf(known, { text, type }, event);
    return body.text.length > largestBody ? { refused: `the body has more than ${largestBody} letters` } : body;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { refused: `the template: ${error.message}` };
  }
}
