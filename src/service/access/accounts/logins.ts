import { randomUUID } from 'node:crypto';
import { notFound } from '../../problem.js';
import type { Database } from '../../store/database.js';
import type { LoginRow } from '../../store/tables.js';
import { makeSecret, secretHash } from '../credentials/secret-token.js';

/** Milliseconds after which a use is written down again. */
const useAgain = 60_000;

/** Refresh tokens: docker keeps one as its identity token in place of the password. */
export class Logins {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async create(
    given: Pick<LoginRow, 'account_id' | 'access_token_id' | 'service' | 'client' | 'address'>,
  ): Promise<string> {
    const secret = makeSecret('login');
    const row: LoginRow = {
      ...given,
      id: randomUUID(),
      hash: secretHash(secret),
      created_at: Date.now(),
      last_used_at: null,
    };
    await this.#database.db.insertInto('logins').values(row).execute();
    return secret;
  }

  async list(accountId: string): Promise<LoginRow[]> {
    return await this.#database.db
      .selectFrom('logins')
      .selectAll()
      .where('account_id', '=', accountId)
      .orderBy('created_at')
      .execute();
  }

  async bySecret(secret: string): Promise<LoginRow | undefined> {
    return await this.#database.db
      .selectFrom('logins')
      .selectAll()
      .where('hash', '=', secretHash(secret))
      .executeTakeFirst();
  }

  async recordUse({ id, last_used_at: last }: LoginRow, now = Date.now()): Promise<void> {
    if (last !== null && now - last < useAgain) return;
    await this.#database.db.updateTable('logins').set({ last_used_at: now }).where('id', '=', id).execute();
  }

  /** @throws Problem where the account has none of this id */
  async end(id: string, accountId: string): Promise<void> {
    const { numDeletedRows } = await this.#database.db
      .deleteFrom('logins')
      .where('id', '=', id)
      .where('account_id', '=', accountId)
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) throw notFound(`login ${id}`);
  }
}
