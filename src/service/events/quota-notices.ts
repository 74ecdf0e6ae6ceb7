import type { QuotaFill } from '../../registry/server/quotas/quotas.js';
import type { Database } from '../store/database.js';
import { addServiceEvent } from './add-service-event.js';

/**
 * Writes an event when a quota of a registry becomes nearly full, and when something is refused for it: each once, until less than nine
 * tenths are used again.
 */
export async function noticeQuota(
  { db: database }: Database,
  registry: string,
  { prefix, bytes, used, fill, repository = '' }: QuotaFill,
  now: number,
): Promise<void> {
  const nameOf = (level: string) => `quota ${registry} ${prefix} ${level}`;
  await database.transaction().execute(async (db) => {
    if (fill === 'free') {
      await db
        .deleteFrom('given_notices')
        .where('name', 'in', [nameOf('nearly-full'), nameOf('full')])
        .execute();
      return;
    }
    const given = await db
      .insertInto('given_notices')
      .values({ name: nameOf(fill), at: now })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returning('name')
      .executeTakeFirst();
    if (given === undefined) return;
    await addServiceEvent(db, {
      kind: `quota.${fill}`,
      subject: `${registry}/${prefix}`,
      registry,
      repository,
      at: now,
      actor: '',
      data: { prefix, bytes, used },
    });
  });
}
