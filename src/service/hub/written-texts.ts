import { Problem } from '../problem.js';
import type { Database } from '../store/database.js';

const hour = 3_600_000;

/**
 * Counts a text that an account writes, and refuses it beyond so many an hour. What was deleted since counts, too: each costs the
 * time to render it. @throws Problem
 */
export async function countText({ db }: Database, accountId: string, most: number): Promise<void> {
  const now = Date.now();
  const row = { account_id: accountId, hour: Math.floor(now / hour) };
  const { count } = await db
    .insertInto('written_texts')
    .values({ ...row, count: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'hour'])
        .doUpdateSet(({ eb, ref }) => ({ count: eb(ref('written_texts.count'), '+', 1) })),
    )
    .returning('count')
    .executeTakeFirstOrThrow();
  if (count === 1) {
    await db.deleteFrom('written_texts').where('account_id', '=', accountId).where('hour', '<', row.hour).execute();
  }
  if (count <= most) return;
  const wait = Math.ceil(((row.hour + 1) * hour - now) / 1000);
  throw new Problem('too-many-requests', `an account writes ${most} texts an hour at most: try again in ${wait} s`, {
    headers: { 'Retry-After': String(wait) },
  });
}
