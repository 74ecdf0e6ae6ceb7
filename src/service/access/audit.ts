import type { Selectable } from 'kysely';
import type { Database } from '../store/database.js';
import type { AuditRow } from '../store/tables.js';

/** Sender of a request, as the audit names it. */
export interface AuditActor {
  /** Empty: nobody's account. */
  readonly actor: string;
  readonly kind: string;
  readonly means: string;
  readonly address: string;
  readonly userAgent: string;
  readonly requestId: string;
}

/** Event of the audit. */
export interface AuditEvent {
  /** `account.create`, `token.revoke`, `login` … */
  readonly verb: string;
  readonly object: string;
  readonly outcome?: AuditRow['outcome'];
  readonly reason?: string;
  /** Without secrets. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Condition of a listing. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly verb?: string | undefined;
  readonly object?: string | undefined;
  readonly outcome?: AuditRow['outcome'] | undefined;
  /** Events from this time on, milliseconds since 1970. */
  readonly since?: number | undefined;
  /** Events up to this time. */
  readonly until?: number | undefined;
  /** Events before this number. */
  readonly before?: number | undefined;
}

const day = 24 * 3_600_000;
const longestText = 500;

/** Record of what was done and refused. It is only added to; the oldest is deleted by age and number. */
export class Audit {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async record(actor: AuditActor, event: AuditEvent, now = Date.now()): Promise<void> {
    await this.#database.db
      .insertInto('audit')
      .values({
        at: now,
        actor: actor.actor.slice(0, longestText),
        actor_kind: actor.kind,
        means: actor.means,
        address: actor.address,
        user_agent: actor.userAgent.slice(0, longestText),
        request_id: actor.requestId,
        verb: event.verb,
        object: event.object.slice(0, longestText),
        outcome: event.outcome ?? 'done',
        reason: (event.reason ?? '').slice(0, longestText),
        detail: JSON.stringify(event.detail ?? {}),
      })
      .execute();
  }

  /** Lists events, newest first. */
  async list(limit: number, filter: AuditFilter = {}): Promise<Selectable<AuditRow>[]> {
    const { actor, verb, object, outcome, since, until, before } = filter;
    let rows = this.#database.db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(limit);
    if (actor !== undefined) rows = rows.where('actor', '=', actor);
    if (verb !== undefined) rows = rows.where('verb', '=', verb);
    if (object !== undefined) rows = rows.where('object', '=', object);
    if (outcome !== undefined) rows = rows.where('outcome', '=', outcome);
    if (since !== undefined) rows = rows.where('at', '>=', since);
    if (until !== undefined) rows = rows.where('at', '<=', until);
    if (before !== undefined) rows = rows.where('id', '<', before);
    return await rows.execute();
  }

  /** Deletes what is older than so many days, and all but the newest rows. */
  async clean(days: number, rows: number, now = Date.now()): Promise<void> {
    const { db } = this.#database;
    await db
      .deleteFrom('audit')
      .where('at', '<', now - days * day)
      .execute();
    const newest = await db
      .selectFrom('audit')
      .select(({ fn }) => fn.max('id').as('id'))
      .executeTakeFirst();
    if (typeof newest?.id === 'number')
      await db
        .deleteFrom('audit')
        .where('id', '<=', newest.id - rows)
        .execute();
  }
}
