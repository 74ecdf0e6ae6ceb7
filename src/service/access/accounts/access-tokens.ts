import { randomUUID } from 'node:crypto';
import { notFound } from '../../problem.js';
import type { Database } from '../../store/database.js';
import type { AccessTokenRow } from '../../store/tables.js';
import { makeSecret, secretHash } from '../credentials/secret-token.js';
import type { TokenLimit } from '../rights/decide.js';

/** Fields of a new access token. */
export interface NewAccessToken {
  readonly label: string;
  /** Undefined: all that the account may. */
  readonly repositories?: readonly TokenLimit[] | undefined;
  readonly api: AccessTokenRow['api'];
  readonly expiresAt?: number | null | undefined;
}

/** Milliseconds after which a use is written down again. */
const useAgain = 60_000;

/** Access tokens: secrets that stand for an account, or a part of what it may. */
export class AccessTokens {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Makes a token. @returns its row, and the secret, which nobody can read again */
  async create(accountId: string, given: NewAccessToken): Promise<{ row: AccessTokenRow; secret: string }> {
    const secret = makeSecret('access');
    const row: AccessTokenRow = {
      id: randomUUID(),
      account_id: accountId,
      label: given.label,
      hash: secretHash(secret),
      repositories: given.repositories === undefined ? null : JSON.stringify(given.repositories),
      api: given.api,
      created_at: Date.now(),
      expires_at: given.expiresAt ?? null,
      last_used_at: null,
      last_used_from: null,
    };
    await this.#database.db.insertInto('access_tokens').values(row).execute();
    return { row, secret };
  }

  async list(accountId: string): Promise<AccessTokenRow[]> {
    return await this.#database.db
      .selectFrom('access_tokens')
      .selectAll()
      .where('account_id', '=', accountId)
      .orderBy('created_at')
      .execute();
  }

  /** Ends a token, and what was derived from it. @throws Problem where the account has none of this id */
  async revoke(id: string, accountId: string): Promise<AccessTokenRow> {
    const row = await this.#database.db
      .deleteFrom('access_tokens')
      .where('id', '=', id)
      .where('account_id', '=', accountId)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw notFound(`access token ${id}`);
    await this.#database.db.deleteFrom('logins').where('access_token_id', '=', id).execute();
    return row;
  }

  async bySecret(secret: string): Promise<AccessTokenRow | undefined> {
    return await this.#database.db
      .selectFrom('access_tokens')
      .selectAll()
      .where('hash', '=', secretHash(secret))
      .executeTakeFirst();
  }

  async byId(id: string): Promise<AccessTokenRow | undefined> {
    return await this.#database.db.selectFrom('access_tokens').selectAll().where('id', '=', id).executeTakeFirst();
  }

  /** Writes a use down, at most once a minute. */
  async recordUse({ id, last_used_at: last }: AccessTokenRow, address: string, now = Date.now()): Promise<void> {
    if (last !== null && now - last < useAgain) return;
    await this.#database.db
      .updateTable('access_tokens')
      .set({ last_used_at: now, last_used_from: address })
      .where('id', '=', id)
      .execute();
  }
}

/** Returns the narrowing of a token. */
export function tokenLimitsOf({ repositories }: AccessTokenRow): TokenLimit[] | undefined {
  return repositories === null ? undefined : (JSON.parse(repositories) as TokenLimit[]);
}
