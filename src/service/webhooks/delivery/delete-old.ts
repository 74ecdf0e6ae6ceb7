import type { Database } from '../../store/database.js';
import type { WebhookOptions } from '../webhook-options.js';

const day = 86_400_000;

/** Deletes deliveries that ended, and events that were read, so many days ago, and all but the newest of each. What waits stays. */
export async function deleteOld(
  { db }: Database,
  { days, rows }: Pick<WebhookOptions, 'days' | 'rows'>,
  now: number,
): Promise<void> {
  const before = now - days * day;
  await db.deleteFrom('webhook_deliveries').where('ended_at', '<', before).execute();
  await db.deleteFrom('service_events').where('at', '<', before).where('is_read', '=', 1).execute();
  for (const table of ['webhook_deliveries', 'service_events'] as const) {
    const oldest = await db
      .selectFrom(table)
      .select('number')
      .orderBy('number', 'desc')
      .offset(rows)
      .limit(1)
      .executeTakeFirst();
    if (oldest === undefined) continue;
    if (table === 'service_events') {
      await db.deleteFrom(table).where('number', '<=', oldest.number).where('is_read', '=', 1).execute();
    } else {
      await db.deleteFrom(table).where('number', '<=', oldest.number).where('state', '<>', 'waiting').execute();
    }
  }
}
