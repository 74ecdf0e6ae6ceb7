import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { notFound, Problem } from '../../problem.js';
import type { Database } from '../../store/database.js';
import type { Tables, WebhookDeliveryRow, WebhookTryRow } from '../../store/tables.js';
import { testKind } from '../formats/told-event.js';

/** Delivery as the database has it. */
export type StoredDelivery = Selectable<WebhookDeliveryRow>;
/** Try as the database has it. */
export type StoredTry = Selectable<WebhookTryRow>;

/** Milliseconds for which a service has a delivery to itself. Far longer than a try, and than clocks of services differ. */
const leaseTime = 60_000;

/** Deliveries in the database, as one service takes them. */
export class Deliveries {
  readonly database: Database;
  readonly #instance: string;

  /** @param instance name of this service among those that share the database */
  constructor(database: Database, instance: string) {
    this.database = database;
    this.#instance = instance;
  }

  get #db(): Kysely<Tables> {
    return this.database.db;
  }

  /** Returns the webhooks that have something to be sent now, but for those named. */
  async due(now: number, besides: readonly string[]): Promise<string[]> {
    const rows = await this.#free(now)
      .select('delivery.webhook')
      .distinct()
      .$if(besides.length > 0, (query) => query.where('delivery.webhook', 'not in', besides))
      .limit(100)
      .execute();
    return rows.map(({ webhook }) => webhook);
  }

  /** Takes deliveries of a webhook, the oldest first: for a minute no other service does. */
  async claim(webhook: string, most: number, now: number): Promise<StoredDelivery[]> {
    const found = await this.#free(now)
      .select('delivery.number')
      .where('delivery.webhook', '=', webhook)
      .orderBy('delivery.number')
      .limit(most)
      .execute();
    if (found.length === 0) return [];
    const taken = await this.#db
      .updateTable('webhook_deliveries')
      .set({ leased_by: this.#instance, leased_until: now + leaseTime })
      .where(
        'number',
        'in',
        found.map(({ number }) => number),
      )
      .where('state', '=', 'waiting')
      .where('next_at', '<=', now)
      .where(({ eb, or }) => or([eb('leased_until', 'is', null), eb('leased_until', '<=', now)]))
      .returningAll()
      .execute();
    return taken.sort((a, b) => a.number - b.number);
  }

  /** Gives back what this service had taken and was not done: a service that was killed begins by that. */
  async release(): Promise<void> {
    await this.#db
      .updateTable('webhook_deliveries')
      .set({ leased_until: null })
      .where('state', '=', 'waiting')
      .where('leased_by', '=', this.#instance)
      .execute();
  }

  /** Lists the deliveries of a webhook, the newest first, those before a number. */
  async list(webhook: string, limit: number, before: number | undefined): Promise<StoredDelivery[]> {
    return await this.#db
      .selectFrom('webhook_deliveries')
      .selectAll()
      .where('webhook', '=', webhook)
      .$if(before !== undefined, (query) => query.where('number', '<', before ?? 0))
      .orderBy('number', 'desc')
      .limit(limit)
      .execute();
  }

  /** @throws Problem where the webhook has none of this id */
  async get(webhook: string, id: string): Promise<StoredDelivery> {
    const row = await this.#db
      .selectFrom('webhook_deliveries')
      .selectAll()
      .where('webhook', '=', webhook)
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) throw notFound(`delivery ${id}`);
    return row;
  }

  /** Lists the last tries of a delivery, the oldest first. */
  async triesOf(id: string): Promise<StoredTry[]> {
    const rows = await this.#db
      .selectFrom('webhook_tries')
      .selectAll()
      .where('delivery', '=', id)
      .orderBy('number', 'desc')
      .limit(100)
      .execute();
    return rows.reverse();
  }

  /** Sends a delivery that has ended again, with the same id. It waits for no other. @throws Problem while it has not ended */
  async redeliver({ id }: StoredDelivery, now: number): Promise<StoredDelivery> {
    const row = await this.#db
      .updateTable('webhook_deliveries')
      .set({ state: 'waiting', why: '', tries: 0, lane: '', next_at: now, ended_at: null, leased_until: null })
      .where('id', '=', id)
      .where('state', '<>', 'waiting')
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw new Problem('conflict', 'this delivery has not ended yet');
    return row;
  }

  /** Deliveries that may be taken now: their time has come, nobody has them, and none before them in their lane waits. */
  #free(now: number) {
    return this.#db
      .selectFrom('webhook_deliveries as delivery')
      .innerJoin('webhooks', 'webhooks.id', 'delivery.webhook')
      .where('delivery.state', '=', 'waiting')
      .where('delivery.next_at', '<=', now)
      .where(({ eb, or }) => or([eb('webhooks.is_enabled', '=', 1), eb('delivery.kind', '=', testKind)]))
      .where(({ eb, or }) => or([eb('delivery.leased_until', 'is', null), eb('delivery.leased_until', '<=', now)]))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('webhook_deliveries as earlier')
              .select('earlier.number')
              .whereRef('earlier.webhook', '=', 'delivery.webhook')
              .whereRef('earlier.lane', '=', 'delivery.lane')
              .where('earlier.lane', '<>', '')
              .where('earlier.state', '=', 'waiting')
              .whereRef('earlier.number', '<', 'delivery.number'),
          ),
        ),
      );
  }
}

/** Returns the place of a delivery's event, by which it is decided who may see it. */
export function placeOfDelivery({ registry, repository, hosts }: StoredDelivery) {
  return { registry, repository, hosts: z.array(z.string()).parse(JSON.parse(hosts)) };
}
