import { randomBytes } from 'node:crypto';
import { notFound } from '../../problem.js';
import type { Database } from '../../store/database.js';
import type { SessionRow } from '../../store/tables.js';
import { secretHash } from '../credentials/secret-token.js';

const hour = 3_600_000;
/** Time without a request, and in all, after which a session ends. */
const idle = 12 * hour;
const longest = 7 * 24 * hour;
/** Milliseconds after which a use is written down again. */
const useAgain = 60_000;

/** Sessions of browsers: a random cookie, of which the database keeps the hash. */
export class Sessions {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Begins a session. @returns the value of its cookie */
  async begin(accountId: string, address: string, userAgent: string, now = Date.now()): Promise<string> {
    const cookie = randomBytes(32).toString('base64url');
    const row: SessionRow = {
      id: secretHash(cookie),
      account_id: accountId,
      address,
      user_agent: userAgent.slice(0, 200),
      created_at: now,
      used_at: now,
    };
    await this.#database.db.insertInto('sessions').values(row).execute();
    return cookie;
  }

  /** Returns the session of a cookie, unless it has ended. */
  async find(cookie: string, now = Date.now()): Promise<SessionRow | undefined> {
    const { db } = this.#database;
    const row = await db.selectFrom('sessions').selectAll().where('id', '=', secretHash(cookie)).executeTakeFirst();
    if (row === undefined || now - row.used_at > idle || now - row.created_at > longest) return undefined;
    if (now - row.used_at > useAgain) {
      await db.updateTable('sessions').set({ used_at: now }).where('id', '=', row.id).execute();
    }
    return row;
  }

  async list(accountId: string): Promise<SessionRow[]> {
    return await this.#database.db
      .selectFrom('sessions')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('used_at', '>', Date.now() - idle)
      .orderBy('created_at')
      .execute();
  }

  /** @throws Problem where the account has none of this id */
  async end(id: string, accountId: string): Promise<void> {
    const { numDeletedRows } = await this.#database.db
      .deleteFrom('sessions')
      .where('id', '=', id)
      .where('account_id', '=', accountId)
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) throw notFound('session of this id');
  }

  /** Deletes what has ended. */
  async clean(now = Date.now()): Promise<void> {
    await this.#database.db
      .deleteFrom('sessions')
      .where(({ eb, or }) => or([eb('used_at', '<', now - idle), eb('created_at', '<', now - longest)]))
      .execute();
  }
}
