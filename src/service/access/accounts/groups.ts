import { randomUUID } from 'node:crypto';
import { notFound, Problem } from '../../problem.js';
import type { Database } from '../../store/database.js';
import type { GroupRow } from '../../store/tables.js';
import { userNameProblem } from './account-names.js';
import { changedMeanwhile, invalid } from './accounts.js';

/** Groups of accounts. Members that come from a directory change with each login. */
export class Groups {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(limit: number, after = ''): Promise<GroupRow[]> {
    const { db } = this.#database;
    return await db.selectFrom('groups').selectAll().where('name', '>', after).orderBy('name').limit(limit).execute();
  }

  /** @throws Problem where there is none */
  async get(name: string): Promise<GroupRow> {
    const row = await this.#database.db.selectFrom('groups').selectAll().where('name', '=', name).executeTakeFirst();
    if (row === undefined) throw notFound(`group ${name}`);
    return row;
  }

  /** @throws Problem for a name that can't be, or is taken */
  async create(name: string, description = '', source: GroupRow['source'] = 'local'): Promise<GroupRow> {
    const problem = source === 'local' ? userNameProblem(name) : undefined;
    if (problem !== undefined) throw invalid('/name', problem);
    const row: GroupRow = { id: randomUUID(), name, description, source, created_at: Date.now(), version: 1 };
    const { numInsertedOrUpdatedRows } = await this.#database.db
      .insertInto('groups')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows === 0n) throw new Problem('conflict', `there is a group ${name} already`);
    return row;
  }

  async change(name: string, description: string, version?: number): Promise<GroupRow> {
    const former = await this.get(name);
    const next = { description, version: former.version + 1 };
    const { numUpdatedRows } = await this.#database.db
      .updateTable('groups')
      .set(next)
      .where('id', '=', former.id)
      .where('version', '=', version ?? former.version)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw changedMeanwhile(name);
    return { ...former, ...next };
  }

  async delete(name: string): Promise<void> {
    const { id } = await this.get(name);
    await this.#database.db.transaction().execute(async (db) => {
      await db.deleteFrom('grants').where('subject_kind', '=', 'group').where('subject_id', '=', id).execute();
      await db.deleteFrom('groups').where('id', '=', id).execute();
    });
  }

  /** Lists the names of a group's members. */
  async members(name: string): Promise<string[]> {
    const { id } = await this.get(name);
    const rows = await this.#database.db
      .selectFrom('group_members')
      .innerJoin('accounts', 'accounts.id', 'group_members.account_id')
      .select('accounts.name')
      .where('group_id', '=', id)
      .orderBy('accounts.name')
      .execute();
    return rows.map((row) => row.name);
  }

  async addMember(name: string, accountId: string): Promise<void> {
    const { id, source } = await this.get(name);
    refuseForeign(name, source);
    await this.#database.db
      .insertInto('group_members')
      .values({ group_id: id, account_id: accountId, source: 'local' })
      .onConflict((conflict) => conflict.columns(['group_id', 'account_id']).doUpdateSet({ source: 'local' }))
      .execute();
  }

  async removeMember(name: string, accountId: string): Promise<void> {
    const { id, source } = await this.get(name);
    refuseForeign(name, source);
    const { db } = this.#database;
    const member = await db
      .selectFrom('group_members')
      .select('source')
      .where('group_id', '=', id)
      .where('account_id', '=', accountId)
      .executeTakeFirst();
    if (member !== undefined) refuseForeign(name, member.source);
    await db.deleteFrom('group_members').where('group_id', '=', id).where('account_id', '=', accountId).execute();
  }

  /**
   * Sets the memberships that an account has from its directory. A group that is not there is made; one that is kept here is
   * joined only where the configuration names it (`mapped`): no directory gets its rights by a name that happens to be the same.
   */
  async setForeign(
    accountId: string,
    source: 'ldap' | 'oidc',
    wanted: readonly ForeignGroup[],
  ): Promise<{ readonly added: readonly string[]; readonly removed: readonly string[] }> {
    for (const { name } of wanted) {
      await this.create(name, '', source).catch((error: unknown) => {
        if (!(error instanceof Problem && error.kind === 'conflict')) throw error;
      });
    }
    const names = wanted.map(({ name }) => name);
    return await this.#database.db.transaction().execute(async (db) => {
      const former = await db
        .selectFrom('group_members')
        .innerJoin('groups', 'groups.id', 'group_members.group_id')
        .select(['groups.id', 'groups.name', 'group_members.source'])
        .where('account_id', '=', accountId)
        .execute();
      const there =
        names.length === 0 ? [] : await db.selectFrom('groups').selectAll().where('name', 'in', names).execute();
      const mapped = new Set(wanted.filter(({ isMapped }) => isMapped).map(({ name }) => name));
      const next = there.filter((group) => group.source === source || mapped.has(group.name));
      const added = next.filter(({ id }) => !former.some((group) => group.id === id));
      const removed = former.filter((group) => group.source === source && !next.some(({ id }) => id === group.id));
      for (const { id } of removed) {
        await db.deleteFrom('group_members').where('account_id', '=', accountId).where('group_id', '=', id).execute();
      }
      for (const { id } of added) {
        await db
          .insertInto('group_members')
          .values({ group_id: id, account_id: accountId, source })
          .onConflict((conflict) => conflict.columns(['group_id', 'account_id']).doNothing())
          .execute();
      }
      return { added: added.map(({ name }) => name), removed: removed.map(({ name }) => name) };
    });
  }
}

/** Group of the service that a directory's user belongs to. */
export interface ForeignGroup {
  readonly name: string;
  /** The configuration names it: a group that is kept in the service is joined, too. */
  readonly isMapped: boolean;
}

function refuseForeign(name: string, source: GroupRow['source']): void {
  if (source === 'local') return;
  throw new Problem('conflict', `the members of ${name} come from ${source}: they change there`);
}
