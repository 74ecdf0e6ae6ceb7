import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { notFound, Problem } from '../../problem.js';
import type { Database } from '../../store/database.js';
import type { AccountRow } from '../../store/tables.js';
import { hashPassword } from '../credentials/password-hash.js';
import { passwordProblem, robotNameProblem, userNameProblem } from './account-names.js';

/** Account as the service's callers know it: without its hash. */
export type Account = Omit<AccountRow, 'password_hash'>;

/** Fields of a new account. */
export interface NewAccount {
  readonly name: string;
  readonly kind?: 'user' | 'robot' | undefined;
  readonly fullName?: string | undefined;
  readonly email?: string | undefined;
  /** None: only access tokens open it. */
  readonly password?: string | undefined;
  /** Hash of another program: bcrypt. */
  readonly passwordHash?: string | undefined;
  readonly isAdmin?: boolean | undefined;
  readonly expiresAt?: number | null | undefined;
  readonly source?: AccountRow['source'] | undefined;
  readonly externalId?: string | undefined;
}

/** Changes of an account; what is undefined stays. */
export interface AccountChanges {
  readonly fullName?: string | undefined;
  readonly email?: string | undefined;
  /** Null: no password opens it any more. */
  readonly password?: string | null | undefined;
  readonly isAdmin?: boolean | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly expiresAt?: number | null | undefined;
}

/** Fields of an account that its directory decides. */
export interface DirectoryFields {
  readonly externalId: string;
  readonly fullName: string;
  readonly email: string;
  /** Undefined: the service decides. */
  readonly isAdmin: boolean | undefined;
}

/** Milliseconds for which an account that was read counts: so long another process's changes may take. */
const freshness = 500;

/** AccountStore of users and robots. */
export class AccountStore {
  readonly #recent = new Map<string, { readonly row: AccountRow | undefined; readonly until: number }>();
  #changes = 0;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns false where nobody administers the service: whoever has the setup token makes an administrator. */
  async hasAdministrator(): Promise<boolean> {
    const row = await this.#database.db
      .selectFrom('accounts')
      .select('id')
      .where('is_admin', '=', 1)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  async find(name: string): Promise<AccountRow | undefined> {
    return await this.#database.db.selectFrom('accounts').selectAll().where('name', '=', name).executeTakeFirst();
  }

  async byId(id: string): Promise<AccountRow | undefined> {
    return await this.#database.db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
  }

  /** Count of changes by this process: what was read before one is not kept after it. */
  get changes(): number {
    return this.#changes;
  }

  /** Returns an account as it was half a second ago at most. What this process changes counts at once. */
  async recent(id: string): Promise<AccountRow | undefined> {
    const known = this.#recent.get(id);
    if (known !== undefined && known.until > performance.now()) return known.row;
    const before = this.#changes;
    const row = await this.byId(id);
    if (before === this.#changes) {
      if (this.#recent.size >= 10_000) this.#recent.clear();
      this.#recent.set(id, { row, until: performance.now() + freshness });
    }
    return row;
  }

  #forget(id: string): void {
    this.#changes += 1;
    this.#recent.delete(id);
  }

  async byExternalId(source: AccountRow['source'], id: string): Promise<AccountRow | undefined> {
    return await this.#database.db
      .selectFrom('accounts')
      .selectAll()
      .where('source', '=', source)
      .where('external_id', '=', id)
      .executeTakeFirst();
  }

  /** @throws Problem where there is none of this name */
  async get(name: string, kind?: AccountRow['kind']): Promise<AccountRow> {
    const row = await this.find(name);
    if (row === undefined || (kind !== undefined && row.kind !== kind)) throw notFound(`${kind ?? 'account'} ${name}`);
    return row;
  }

  /** Lists accounts by name, those behind `after`. */
  async list(kind: AccountRow['kind'], limit: number, after = '', text = ''): Promise<AccountRow[]> {
    let rows = this.#database.db
      .selectFrom('accounts')
      .selectAll()
      .where('kind', '=', kind)
      .where('name', '>', after)
      .orderBy('name')
      .limit(limit);
    if (text !== '') {
      const like = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
      const holds = (column: 'name' | 'full_name' | 'email') =>
        sql<boolean>`lower(${sql.ref(column)}) like ${like} escape '\\'`;
      rows = rows.where(({ or }) => or([holds('name'), holds('full_name'), holds('email')]));
    }
    return await rows.execute();
  }

  /** @throws Problem for a name or password that can't be, or a name that is taken */
  async create(given: NewAccount, now = Date.now()): Promise<AccountRow> {
    const { name, kind = 'user', password, passwordHash } = given;
    const wrongName = kind === 'user' ? userNameProblem(name) : robotNameProblem(name);
    if (wrongName !== undefined) throw invalid('/name', wrongName);
    if (password !== undefined) refusePassword(password, name);
    const row: AccountRow = {
      id: randomUUID(),
      name,
      kind,
      source: given.source ?? 'local',
      external_id: given.externalId ?? null,
      full_name: given.fullName ?? '',
      email: given.email ?? '',
      password_hash: password === undefined ? (passwordHash ?? null) : await hashPassword(password),
      is_admin: given.isAdmin === true ? 1 : 0,
      is_disabled: 0,
      expires_at: given.expiresAt ?? null,
      created_at: now,
      last_login_at: null,
      checked_at: null,
      gone_at: null,
      version: 1,
    };
    const { numInsertedOrUpdatedRows } = await this.#database.db
      .insertInto('accounts')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows === 0n) throw new Problem('conflict', `there is an account ${name} already`);
    return row;
  }

  /**
   * Changes an account. A new password, a disabled account or fewer rights end its sessions and logins.
   * @param version that it must have; undefined: any
   * @throws Problem where it was changed meanwhile, or is the last administrator
   */
  async change(name: string, changes: AccountChanges, version?: number): Promise<AccountRow> {
    const former = await this.get(name);
    if (changes.password !== undefined && changes.password !== null) refusePassword(changes.password, name);
    if (changes.password !== undefined && former.source !== 'local') {
      throw invalid('/password', `must be changed where the account comes from: ${former.source}`);
    }
    const hash =
      changes.password === undefined
        ? former.password_hash
        : changes.password === null
          ? null
          : await hashPassword(changes.password);
    const next = {
      full_name: changes.fullName ?? former.full_name,
      email: changes.email ?? former.email,
      password_hash: hash,
      is_admin: flag(changes.isAdmin, former.is_admin),
      is_disabled: flag(changes.isDisabled, former.is_disabled),
      expires_at: changes.expiresAt === undefined ? former.expires_at : changes.expiresAt,
      version: former.version + 1,
    };
    const loses = former.is_admin === 1 && (next.is_admin === 0 || next.is_disabled === 1 || next.expires_at !== null);
    const changed = await this.#database.db.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('accounts')
        .set(next)
        .where('id', '=', former.id)
        .where('version', '=', version ?? former.version)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) throw changedMeanwhile(name);
      if (loses) await this.#keepAdministrator(db);
      if (hash !== former.password_hash || next.is_disabled === 1) {
        await db.deleteFrom('sessions').where('account_id', '=', former.id).execute();
        await db.deleteFrom('logins').where('account_id', '=', former.id).execute();
      }
      return { ...former, ...next };
    });
    this.#forget(former.id);
    return changed;
  }

  /** Deletes an account with its tokens, sessions and rights. @throws Problem for the last administrator */
  async delete(name: string, version?: number): Promise<void> {
    const { id, is_admin: isAdmin, version: now } = await this.get(name);
    if (version !== undefined && version !== now) throw changedMeanwhile(name);
    await this.#database.db.transaction().execute(async (db) => {
      await db.deleteFrom('grants').where('subject_kind', '=', 'account').where('subject_id', '=', id).execute();
      await db.deleteFrom('accounts').where('id', '=', id).execute();
      if (isAdmin === 1) await this.#keepAdministrator(db);
    });
    this.#forget(id);
  }

  async recordLogin(id: string, now = Date.now()): Promise<void> {
    await this.#database.db.updateTable('accounts').set({ last_login_at: now }).where('id', '=', id).execute();
  }

  /**
   * Writes down what a directory says of an account. It decides: also the last administrator may lose that.
   * @returns the account as it is now
   */
  async takeFromDirectory(former: AccountRow, fields: DirectoryFields, now = Date.now()): Promise<AccountRow> {
    const next = {
      external_id: fields.externalId,
      full_name: fields.fullName,
      email: fields.email,
      is_admin: flag(fields.isAdmin, former.is_admin),
      gone_at: null,
    };
    const isSame = Object.entries(next).every(([key, value]) => former[key as keyof typeof next] === value);
    const written = { ...next, checked_at: now, version: former.version + (isSame ? 0 : 1) };
    await this.#database.db.updateTable('accounts').set(written).where('id', '=', former.id).execute();
    this.#forget(former.id);
    return { ...former, ...written };
  }

  /** Writes down that a directory has no such user any more, and ends its sessions and logins. */
  async markGone(former: AccountRow, now = Date.now()): Promise<AccountRow> {
    const isNew = former.gone_at === null;
    const written = { gone_at: former.gone_at ?? now, checked_at: now, version: former.version + (isNew ? 1 : 0) };
    await this.#database.db.transaction().execute(async (db) => {
      await db.updateTable('accounts').set(written).where('id', '=', former.id).execute();
      await db.deleteFrom('sessions').where('account_id', '=', former.id).execute();
      await db.deleteFrom('logins').where('account_id', '=', former.id).execute();
    });
    this.#forget(former.id);
    return { ...former, ...written };
  }

  async #keepAdministrator(db: Database['db']): Promise<void> {
    const left = await db
      .selectFrom('accounts')
      .select('id')
      .where('is_admin', '=', 1)
      .where('is_disabled', '=', 0)
      .where('expires_at', 'is', null)
      .limit(1)
      .executeTakeFirst();
    if (left === undefined) {
      throw new Problem(
        'conflict',
        'nobody could administer the service any more. Make another account an administrator first',
      );
    }
  }
}

/** Makes the refusal of one field. */
export function invalid(pointer: string, detail: string): Problem {
  return new Problem('unprocessable', `${pointer.slice(1)}: ${detail}`, { errors: [{ pointer, detail }] });
}

/** Makes the refusal of a change to what has changed since it was read. */
export function changedMeanwhile(name: string): Problem {
  return new Problem('version-mismatch', `${name} has changed since it was read. Read it again`);
}

function refusePassword(password: string, name: string): void {
  const problem = passwordProblem(password, name);
  if (problem !== undefined) throw invalid('/password', problem);
}

function flag(given: boolean | undefined, former: number): number {
  return given === undefined ? former : given ? 1 : 0;
}
