import type { Database } from './database.js';
import type { SealingKey } from './key-file.js';

/** Answer of a request that was done. */
export interface KeptAnswer {
  readonly status: number;
  /** Headers by name, in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Request that a client may send again: by whom, its key, and all that is to be the same. */
export interface RepeatableRequest {
  readonly account: string;
  readonly key: string;
  /** Method, path and body. */
  readonly content: string;
}

/** Milliseconds that an answer is kept. */
const keptFor = 24 * 3_600_000;

/**
 * Answers of requests with an Idempotency-Key, for whoever sends them again (draft-ietf-httpapi-idempotency-key-header-07). They
 * may hold secrets that are shown once: bodies are sealed, and what was asked is known by its hash with the key alone.
 */
export class KeptAnswers {
  readonly #db: Database['db'];
  readonly #sealing: SealingKey;

  constructor({ db }: Database, sealing: SealingKey) {
    this.#db = db;
    this.#sealing = sealing;
  }

  /**
   * Begins a request: `new`, or the answer that it had; `other`: the key is of another request; `running`: it has no answer yet,
   * or its service was killed before.
   */
  async begin({ account, key, content }: RepeatableRequest): Promise<'new' | 'other' | 'running' | KeptAnswer> {
    const fingerprint = this.#sealing.derive(`repeat ${content}`);
    const row = {
      key,
      account_id: account,
      fingerprint,
      status: null,
      headers: '{}',
      body: '',
      created_at: Date.now(),
    };
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto('idempotency')
      .values(row)
      .onConflict((conflict) => conflict.columns(['account_id', 'key']).doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows !== 0n) return 'new';
    const found = await this.#db
      .selectFrom('idempotency')
      .selectAll()
      .where('account_id', '=', account)
      .where('key', '=', key)
      .executeTakeFirst();
    if (found === undefined) return 'running'; // It has just been taken back: to try again is right.
    if (found.fingerprint !== fingerprint) return 'other';
    if (found.status === null) return 'running';
    const { status, headers, body } = found;
    return { status, headers: JSON.parse(headers), body: body === '' ? '' : this.#sealing.open(placeOf(found), body) };
  }

  /** Keeps the answer of a request that was done. */
  async keep({ account, key }: RepeatableRequest, { status, headers, body }: KeptAnswer): Promise<void> {
    const sealed = body === '' ? '' : this.#sealing.seal(placeOf({ account_id: account, key }), body);
    await this.#db
      .updateTable('idempotency')
      .set({ status, headers: JSON.stringify(headers), body: sealed })
      .where('account_id', '=', account)
      .where('key', '=', key)
      .execute();
  }

  /** Forgets a request that was refused: sent again, it is tried again. */
  async forget({ account, key }: RepeatableRequest): Promise<void> {
    await this.#db.deleteFrom('idempotency').where('account_id', '=', account).where('key', '=', key).execute();
  }

  /** Deletes what is older than a day. */
  async clean(now = Date.now()): Promise<void> {
    await this.#db
      .deleteFrom('idempotency')
      .where('created_at', '<', now - keptFor)
      .execute();
  }
}

function placeOf({ account_id: account, key }: { readonly account_id: string; readonly key: string }): string {
  return `answer ${account} ${key}`;
}
