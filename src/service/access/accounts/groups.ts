import { randomUUID } from 'node:crypto';
import { notFound, Problem } from '../../problem.js';
import type { Database } from '../../store/database.js';
import type { GroupRow } from '../../store/tables.js';
import { userNameProblem } from './account-names.js';
import { changedMeanwhile, invalid } from './accounts.js';

/** Groups of accounts. Those of a directory get their members at each login. */
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
      .values({ group_id: id, account_id: accountId })
      .onConflict((conflict) => conflict.columns(['group_id', 'account_id']).doNothing())
      .execute();
  }

  async removeMember(name: string, accountId: string): Promise<void> {
    const { id, source } = await this.get(name);
    refuseForeign(name, source);
    await this.#database.db
      .deleteFrom('group_members')
      .where('group_id', '=', id)
      .where('account_id', '=', accountId)
      .execute();
  }

  /** Sets the groups of a directory's account, as they came with its login; groups are made as they appear. */
  async setForeign(accountId: string, source: 'ldap' | 'oidc', names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.create(name, '', source).catch((error: unknown) => {
        if (!(error instanceof Problem && error.kind === 'conflict')) throw error;
      });
    }
    await this.#database.db.transaction().execute(async (db) => {
      const groups = await db.selectFrom('groups').select(['id', 'name']).where('source', '=', source).execute();
      const wanted = groups.filter((group) => names.includes(group.name)).map(({ id }) => id);
      const ids = groups.map(({ id }) => id);
      if (ids.length > 0) {
        await db.deleteFrom('group_members').where('account_id', '=', accountId).where('group_id', 'in', ids).execute();
      }
      for (const id of wanted)
        await db.insertInto('group_members').values({ group_id: id, account_id: accountId }).execute();
    });
  }
}

function refuseForeign(name: string, source: GroupRow['source']): void {
  if (source === 'local') return;
  throw new Problem('conflict', `the members of ${name} come from ${source}: they change there`);
}
