import { randomUUID } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { changedMeanwhile } from '../access/accounts/accounts.js';
import { notFound } from '../problem.js';
import type { WebhookFormat } from '../schemas/webhooks.js';
import type { Database } from '../store/database.js';
import type { SealingKey } from '../store/key-file.js';
import type { Tables, WebhookRow } from '../store/tables.js';
import { makeWebhookSecret, type WebhookSecret } from './signatures.js';

/** Webhook as the database has it. */
export type StoredWebhook = Selectable<WebhookRow>;

/** Fields of a webhook that somebody gives. */
export interface GivenWebhook {
  readonly name: string;
  readonly url: string;
  readonly registry: string;
  readonly path: string;
  readonly kinds: readonly string[];
  readonly format: WebhookFormat;
  readonly template: string;
  readonly templateType: WebhookRow['template_type'];
  readonly headers: Readonly<Record<string, string>>;
  readonly enabled: boolean;
}

/** Parts of a webhook that are sealed in the database. */
export interface OpenedWebhook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The newest first. */
  readonly secrets: readonly WebhookSecret[];
}

/** Secrets that sign at the same time at most. */
const mostSecrets = 4;

const texts = z.record(z.string(), z.string());
const secretList = z.array(z.object({ secret: z.string(), until: z.number().nullable() }));

/** Webhooks in the database. */
export class Webhooks {
  readonly #db: Database['db'];
  readonly #sealing: SealingKey;

  constructor({ db }: Database, sealing: SealingKey) {
    this.#db = db;
    this.#sealing = sealing;
  }

  /** Lists webhooks, those behind `after`. */
  async list(limit: number, after = ''): Promise<StoredWebhook[]> {
    return await this.#db
      .selectFrom('webhooks')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute();
  }

  /** Returns all that are enabled. */
  async enabled(): Promise<StoredWebhook[]> {
    return await this.#db.selectFrom('webhooks').selectAll().where('is_enabled', '=', 1).execute();
  }

  /** @throws Problem where there is none */
  async get(id: string): Promise<StoredWebhook> {
    const row = await this.#db.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw notFound(`webhook ${id}`);
    return row;
  }

  /** Makes a webhook for an account. @returns its row, and the secret, which nobody can read again */
  async add(
    given: GivenWebhook,
    by: { readonly id: string; readonly name: string },
    now: number,
  ): Promise<{ row: StoredWebhook; secret: string }> {
    const id = randomUUID();
    const secret = makeWebhookSecret();
    const row: StoredWebhook = {
      id,
      account_id: by.id,
      ...this.#columnsOf(id, given),
      secrets: this.#seal(id, 'secrets', [{ secret, until: null }]),
      disabled_why: '',
      disabled_at: given.enabled ? null : now,
      failing_since: null,
      created_at: now,
      created_by: by.name,
      version: 1,
    };
    await this.#db.insertInto('webhooks').values(row).execute();
    return { row, secret };
  }

  /**
   * Changes a webhook. One that is enabled again begins anew.
   * @param accountId account for which it hears from now on
   * @param version that it must have; undefined: the one of `former`
   * @throws Problem where it was changed meanwhile
   */
  async change(
    former: StoredWebhook,
    given: GivenWebhook,
    accountId: string,
    version: number | undefined,
    now: number,
  ): Promise<StoredWebhook> {
    const wasEnabled = former.is_enabled === 1;
    const state =
      given.enabled === wasEnabled
        ? {}
        : { disabled_why: '', disabled_at: given.enabled ? null : now, failing_since: null };
    const next = {
      ...this.#columnsOf(former.id, given),
      ...state,
      account_id: accountId,
      version: former.version + 1,
    };
    await this.#db.transaction().execute(async (db) => {
      await replace(db, former, next, version);
      if (!given.enabled) await endWaiting(db, former.id, 'the webhook was disabled', now);
    });
    return { ...former, ...next };
  }

  /** Makes a new secret. The former ones sign beside it for so many milliseconds. */
  async rotateSecret(
    former: StoredWebhook,
    keep: number,
    version: number | undefined,
    now: number,
  ): Promise<{ row: StoredWebhook; secret: string }> {
    const secret = makeWebhookSecret();
    const kept = this.open(former).secrets.flatMap(({ secret: old, until }) => {
      const end = Math.min(until ?? Number.POSITIVE_INFINITY, now + keep);
      return end > now ? [{ secret: old, until: end }] : [];
    });
    const secrets = this.#seal(former.id, 'secrets', [{ secret, until: null }, ...kept.slice(0, mostSecrets - 1)]);
    const next = { secrets, version: former.version + 1 };
    await replace(this.#db, former, next, version);
    return { row: { ...former, ...next }, secret };
  }

  /** Deletes a webhook with its deliveries. @throws Problem where it was changed meanwhile */
  async delete(former: StoredWebhook, version?: number): Promise<void> {
    if (version !== undefined && version !== former.version) throw changedMeanwhile(former.name);
    await this.#db.deleteFrom('webhooks').where('id', '=', former.id).execute();
  }

  /** Opens what is sealed. @throws Error where it is sealed with another key */
  open({ id, address, headers, secrets }: StoredWebhook): OpenedWebhook {
    return {
      url: z.string().parse(this.#open(id, 'address', address)),
      headers: texts.parse(this.#open(id, 'headers', headers)),
      secrets: secretList.parse(this.#open(id, 'secrets', secrets)),
    };
  }

  #columnsOf(id: string, given: GivenWebhook) {
    return {
      name: given.name,
      registry: given.registry,
      path: given.path,
      kinds: JSON.stringify(given.kinds),
      format: given.format,
      template: given.template,
      template_type: given.templateType,
      address: this.#seal(id, 'address', given.url),
      headers: this.#seal(id, 'headers', given.headers),
      is_enabled: given.enabled ? 1 : 0,
    };
  }

  #seal(id: string, what: string, value: unknown): string {
    return this.#sealing.seal(`webhook ${id} ${what}`, JSON.stringify(value));
  }

  #open(id: string, what: string, sealed: string): unknown {
    return JSON.parse(this.#sealing.open(`webhook ${id} ${what}`, sealed));
  }
}

/** Returns the kinds of events that a webhook hears; none: all. */
export function eventKindsOf({ kinds }: Pick<StoredWebhook, 'kinds'>): string[] {
  return z.array(z.string()).parse(JSON.parse(kinds));
}

/** Gives up what a webhook has not taken. */
export async function endWaiting(db: Kysely<Tables>, webhook: string, why: string, now: number): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({ state: 'failed', why, ended_at: now, next_at: null, leased_until: null })
    .where('webhook', '=', webhook)
    .where('state', '=', 'waiting')
    .execute();
}

async function replace(
  db: Kysely<Tables>,
  former: StoredWebhook,
  next: Partial<StoredWebhook>,
  version: number | undefined,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('webhooks')
    .set(next)
    .where('id', '=', former.id)
    .where('version', '=', version ?? former.version)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) throw changedMeanwhile(former.name);
}
