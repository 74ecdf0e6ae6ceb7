import { networkOf } from '../../../registry/server/rules/rate-limit.js';
import type { Database } from '../../store/database.js';

/** Wrong passwords that cost nothing. */
const free = 4;
const second = 1000;
const longest = 15 * 60 * second;
/** Time after which failures are forgotten. */
const memory = 24 * 3600 * second;

/**
 * Delays between wrong passwords, by account and network of the sender: from a second, doubled each time, to a quarter of an
 * hour. Whoever guesses from elsewhere can't lock out the account's owner. They outlive a restart.
 */
export class LoginDelays {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns the seconds that a sender has to wait before the next try; 0: none. */
  async wait(account: string, address: string, now = Date.now()): Promise<number> {
    const row = await this.#database.db
      .selectFrom('failed_logins')
      .select('blocked_until')
      .where('account', '=', account)
      .where('network', '=', networkOf(address))
      .executeTakeFirst();
    return row === undefined ? 0 : Math.max(0, Math.ceil((row.blocked_until - now) / second));
  }

  /** Counts a wrong password. @returns the failures in a row */
  async fail(account: string, address: string, now = Date.now()): Promise<number> {
    const network = networkOf(address);
    const { db } = this.#database;
    const { failures } = await db
      .insertInto('failed_logins')
      .values({ account, network, failures: 1, blocked_until: now })
      .onConflict((conflict) =>
        conflict
          .columns(['account', 'network'])
          .doUpdateSet(({ eb, ref }) => ({ failures: eb(ref('failed_logins.failures'), '+', 1) })),
      )
      .returning('failures')
      .executeTakeFirstOrThrow();
    if (failures <= free) return failures;
    const delay = Math.min(longest, second * 2 ** Math.min(20, failures - free - 1));
    await db
      .updateTable('failed_logins')
      .set({ blocked_until: now + delay })
      .where('account', '=', account)
      .where('network', '=', network)
      .execute();
    return failures;
  }

  /** Forgets the failures of an account from an address, or from everywhere. */
  async forget(account: string, address?: string): Promise<void> {
    const rows = this.#database.db.deleteFrom('failed_logins').where('account', '=', account);
    await (address === undefined ? rows : rows.where('network', '=', networkOf(address))).execute();
  }

  /** Deletes what is long over. */
  async clean(now = Date.now()): Promise<void> {
    await this.#database.db
      .deleteFrom('failed_logins')
      .where('blocked_until', '<', now - memory)
      .execute();
  }
}
