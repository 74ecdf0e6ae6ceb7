import type { Kysely } from 'kysely';
import { addServiceEvent } from '../../events/add-service-event.js';
import type { Database } from '../../store/database.js';
import type { Tables } from '../../store/tables.js';
import { testKind } from '../formats/told-event.js';
import { endWaiting, type StoredWebhook } from '../webhooks.js';
import type { StoredDelivery } from './deliveries.js';
import type { ReceiverAnswer } from './post-message.js';
import { longestFailure, nextTry } from './tries.js';

/** State of a delivery after a try; `waiting`: it is tried again. */
export type TriedState = 'delivered' | 'waiting' | 'failed';

/** Try that has ended, with nothing secret in it. */
export interface EndedTry {
  readonly at: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** Undefined: there was none. */
  readonly answer: ReceiverAnswer | undefined;
  readonly error: string;
  /** It is of no use to try again. */
  readonly isFinal: boolean;
}

/**
 * Writes how a try went: what comes next of the delivery, and of its webhook, which is disabled where it is gone (410) or has
 * failed for three days.
 * @param chance from 0 to 1
 * @returns the state of the delivery
 */
export async function endTry(
  { db: database }: Database,
  hook: StoredWebhook,
  delivery: StoredDelivery,
  ended: EndedTry,
  now: number,
  chance: number,
): Promise<TriedState> {
  const { status } = ended.answer ?? {};
  // One that a kill cut off does not count: no receiver has failed then.
  const tries = delivery.tries + 1;
  const isTaken = status !== undefined && status >= 200 && status < 300;
  const why = ended.error === '' ? `it was answered by ${status}` : ended.error;
  return await database.transaction().execute(async (db) => {
    // The webhook first: whoever disables it has its row before those of deliveries.
    const failing = isTaken || delivery.kind === testKind ? undefined : await markFailing(db, hook, now);
    await addTry(db, delivery, ended);
    if (isTaken) {
      await db
        .updateTable('webhooks')
        .set({ failing_since: null })
        .where('id', '=', hook.id)
        .where('failing_since', 'is not', null)
        .execute();
      await endDelivery(db, delivery, { state: 'delivered', why: '', tries, ended_at: now, next_at: null });
      return 'delivered';
    }
    const isOnlyTry = ended.isFinal || delivery.kind === testKind;
    const next = isOnlyTry ? undefined : nextTry(tries, ended.answer?.headers['retry-after'], now, chance);
    const end =
      next === undefined
        ? ({ state: 'failed', why, tries, ended_at: now, next_at: null } as const)
        : { state: 'waiting' as const, why, tries, next_at: Math.ceil(next) };
    await endDelivery(db, delivery, end);
    if (failing === undefined) return end.state;
    if (status === 410) await disable(db, hook, 'its receiver is gone (410)', now);
    else if (now - failing >= longestFailure) await disable(db, hook, `it has failed for three days: ${why}`, now);
    return end.state;
  });
}

/** Writes since when a webhook fails. @returns that time */
async function markFailing(db: Kysely<Tables>, { id }: StoredWebhook, now: number): Promise<number | undefined> {
  const row = await db
    .updateTable('webhooks')
    .set(({ fn, ref, val }) => ({ failing_since: fn.coalesce(ref('failing_since'), val(now)) }))
    .where('id', '=', id)
    .returning('failing_since')
    .executeTakeFirst();
  return row?.failing_since ?? undefined;
}

async function addTry(db: Kysely<Tables>, { id }: StoredDelivery, ended: EndedTry): Promise<void> {
  const { answer } = ended;
  await db
    .insertInto('webhook_tries')
    .values({
      delivery: id,
      at: ended.at,
      duration: ended.duration,
      request_headers: JSON.stringify(ended.requestHeaders),
      status: answer?.status ?? null,
      response_headers: JSON.stringify(answer?.headers ?? {}),
      response_body: answer?.body ?? '',
      error: ended.error,
    })
    .execute();
}

/** Writes what became of a delivery; one that another service has taken meanwhile is ended by success alone. */
async function endDelivery(
  db: Kysely<Tables>,
  { id, leased_by: owner, leased_until: until }: StoredDelivery,
  end: Partial<StoredDelivery>,
): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({ ...end, leased_until: null })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .$if(end.state !== 'delivered', (query) => query.where('leased_by', '=', owner).where('leased_until', '=', until))
    .execute();
}

async function disable(db: Kysely<Tables>, hook: StoredWebhook, why: string, now: number): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('webhooks')
    .set(({ eb, ref }) => ({
      is_enabled: 0,
      disabled_why: why,
      disabled_at: now,
      version: eb(ref('version'), '+', 1),
    }))
    .where('id', '=', hook.id)
    .where('is_enabled', '=', 1)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return;
  await endWaiting(db, hook.id, `the webhook was disabled: ${why}`, now);
  await addServiceEvent(db, {
    kind: 'webhook.disabled',
    subject: hook.id,
    at: now,
    actor: '',
    data: { name: hook.name, path: hook.path, why },
  });
}
