import { randomUUID } from 'node:crypto';
import { notFound } from '../../problem.js';
import type { Database } from '../../store/database.js';
import type { GrantRow } from '../../store/tables.js';
import type { Grant, Visibilities, VisibilityRule } from './decide.js';
import { visibilitiesOfKinds } from './kind-visibilities.js';
import { kindsOf, type RegistryOfKind } from './kinds.js';
import type { RepositoryAction, RepositoryRole, Visibility } from './roles.js';

/** Milliseconds for which rights that were read count: so long another process's changes may take. */
const freshness = 500;

interface Known<Value> {
  readonly value: Value;
  readonly until: number;
}

/** Roles, denials and visibilities, as the database has them. */
export class RightsStore {
  readonly #grants = new Map<string, Known<readonly Grant[]>>();
  #visibilities: Known<Visibilities> | undefined;
  #changes = 0;

  readonly #database: Database;
  readonly #usual: Visibility;
  readonly #ofRegistries: () => readonly VisibilityRule[];
  readonly #kinds: () => readonly RegistryOfKind[];

  /**
   * @param usual visibility of what no rule is about
   * @param ofRegistries rules of whole registries that stand elsewhere than in the database, which is stronger
   * @param kinds registries that may have a kind
   */
  constructor(
    database: Database,
    usual: Visibility,
    ofRegistries: () => readonly VisibilityRule[] = () => [],
    kinds: () => readonly RegistryOfKind[] = () => [],
  ) {
    this.#database = database;
    this.#usual = usual;
    this.#ofRegistries = ofRegistries;
    this.#kinds = kinds;
  }

  /** Returns the grants of an account, its groups' too. */
  async grantsOf(accountId: string): Promise<readonly Grant[]> {
    const now = performance.now();
    const known = this.#grants.get(accountId);
    if (known !== undefined && known.until > now) return known.value;
    const rows = await this.#database.db
      .selectFrom('grants')
      .leftJoin('accounts', 'accounts.id', 'grants.subject_id')
      .leftJoin('groups', 'groups.id', 'grants.subject_id')
      .selectAll('grants')
      .select(['accounts.name as account_name', 'groups.name as group_name'])
      .where(({ eb, and, or, selectFrom }) =>
        or([
          and([eb('subject_kind', '=', 'account'), eb('subject_id', '=', accountId)]),
          and([
            eb('subject_kind', '=', 'group'),
            eb('subject_id', 'in', selectFrom('group_members').select('group_id').where('account_id', '=', accountId)),
          ]),
        ]),
      )
      .orderBy('grants.created_at')
      .execute();
    const value = rows.map((row) => grantOf(row, row.account_name ?? `group ${row.group_name ?? ''}`));
    if (this.#grants.size >= 10_000) this.#grants.clear();
    this.#grants.set(accountId, { value, until: now + freshness });
    return value;
  }

  async visibilities(): Promise<Visibilities> {
    const now = performance.now();
    if (this.#visibilities !== undefined && this.#visibilities.until > now) return this.#visibilities.value;
    const rules = await this.#database.db.selectFrom('visibilities').selectAll().orderBy('path').execute();
    const registries = this.#kinds();
    const value = {
      // Of two that weigh the same, the first counts.
      rules: [...rules, ...this.#ofRegistries(), ...visibilitiesOfKinds(registries)],
      usual: this.#usual,
      kinds: kindsOf(registries),
    };
    this.#visibilities = { value, until: now + freshness };
    return value;
  }

  /** Lists all grants, those behind `after`, with the names of whom they are about. */
  async list(limit: number, after = ''): Promise<(GrantRow & { readonly subject: string })[]> {
    const rows = await this.#database.db
      .selectFrom('grants')
      .leftJoin('accounts', 'accounts.id', 'grants.subject_id')
      .leftJoin('groups', 'groups.id', 'grants.subject_id')
      .selectAll('grants')
      .select(['accounts.name as account_name', 'groups.name as group_name'])
      .where('grants.id', '>', after)
      .orderBy('grants.id')
      .limit(limit)
      .execute();
    return rows.map(({ account_name: account, group_name: group, ...row }) => ({
      ...row,
      subject: account ?? group ?? '',
    }));
  }

  async get(id: string): Promise<GrantRow> {
    const row = await this.#database.db.selectFrom('grants').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw notFound(`grant ${id}`);
    return row;
  }

  /** Gives a role, or denies actions. One that is there already stays, and is returned. */
  async add(given: {
    readonly subjectKind: GrantRow['subject_kind'];
    readonly subjectId: string;
    readonly registry: string;
    readonly path: string;
    readonly rule: { readonly role: RepositoryRole } | { readonly denied: readonly RepositoryAction[] };
    readonly by: string;
  }): Promise<GrantRow> {
    const role = 'role' in given.rule ? given.rule.role : null;
    const denied = 'denied' in given.rule ? JSON.stringify([...given.rule.denied].sort()) : null;
    const row: GrantRow = {
      id: randomUUID(),
      subject_kind: given.subjectKind,
      subject_id: given.subjectId,
      registry: given.registry,
      path: given.path,
      role,
      denied,
      created_at: Date.now(),
      created_by: given.by,
    };
    const there = await this.#database.db
      .selectFrom('grants')
      .selectAll()
      .where('subject_kind', '=', row.subject_kind)
      .where('subject_id', '=', row.subject_id)
      .where('registry', '=', row.registry)
      .where('path', '=', row.path)
      .where('role', role === null ? 'is' : '=', role)
      .where('denied', denied === null ? 'is' : '=', denied)
      .executeTakeFirst();
    if (there !== undefined) return there;
    await this.#database.db.insertInto('grants').values(row).execute();
    this.forget();
    return row;
  }

  /** Gives an account one role on exactly a path, in place of those that it has there; undefined: none. @returns false: it had none */
  async replaceRole(
    accountId: string,
    { registry, path }: { readonly registry: string; readonly path: string },
    role: RepositoryRole | undefined,
    by: string,
  ): Promise<boolean> {
    const subject = { subject_kind: 'account' as const, subject_id: accountId };
    const had = await this.#database.db.transaction().execute(async (db) => {
      const { numDeletedRows } = await db
        .deleteFrom('grants')
        .where('subject_kind', '=', subject.subject_kind)
        .where('subject_id', '=', accountId)
        .where('registry', '=', registry)
        .where('path', '=', path)
        .where('role', 'is not', null)
        .executeTakeFirstOrThrow();
      if (role !== undefined) {
        const row = { ...subject, registry, path, role, denied: null, created_at: Date.now(), created_by: by };
        await db
          .insertInto('grants')
          .values({ id: randomUUID(), ...row })
          .execute();
      }
      return numDeletedRows > 0n;
    });
    this.forget();
    return had;
  }

  async remove(id: string): Promise<void> {
    await this.#database.db.deleteFrom('grants').where('id', '=', id).execute();
    this.forget();
  }

  /** Returns true where no grant or visibility is about a path or anything below it. */
  async isFree(path: string): Promise<boolean> {
    const { db } = this.#database;
    const of = (table: 'grants' | 'visibilities') =>
      db
        .selectFrom(table)
        .select('path')
        .where(({ eb, or, fn }) =>
          or([
            eb('path', '=', path.replace(/\/$/, '')),
            eb(fn<string>('substr', ['path', eb.val(1), eb.val(path.length)]), '=', path),
          ]),
        )
        .limit(1)
        .executeTakeFirst();
    return (await of('grants')) === undefined && (await of('visibilities')) === undefined;
  }

  /** Sets how visible a path is; `undefined`: as what is above it. */
  async setVisibility(registry: string, path: string, visibility: Visibility | undefined): Promise<void> {
    const { db } = this.#database;
    if (visibility === undefined) {
      await db.deleteFrom('visibilities').where('registry', '=', registry).where('path', '=', path).execute();
    } else {
      const rule: VisibilityRule = { registry, path, visibility };
      await db
        .insertInto('visibilities')
        .values(rule)
        .onConflict((conflict) => conflict.columns(['registry', 'path']).doUpdateSet({ visibility }))
        .execute();
    }
    this.forget();
  }

  /** Count of changes by this process. */
  get changes(): number {
    return this.#changes;
  }

  /** Forgets what was read: it has changed. */
  forget(): void {
    this.#changes += 1;
    this.#grants.clear();
    this.#visibilities = undefined;
  }
}

function grantOf(row: GrantRow, subject: string): Grant {
  const rule =
    row.denied === null
      ? { role: row.role as RepositoryRole }
      : { denied: JSON.parse(row.denied) as readonly RepositoryAction[] };
  return { id: row.id, subject, registry: row.registry, path: row.path, rule };
}
