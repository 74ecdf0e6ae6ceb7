import type { Database } from '../../store/database.js';
import type { GrantRow, GroupRow } from '../../store/tables.js';

/** Rights of one account, with where they come from. */
export interface AccountRights {
  readonly groups: readonly Pick<GroupRow, 'name' | 'source'>[];
  /** Its own, and those of its groups. */
  readonly grants: readonly (GrantRow & { readonly subject: string })[];
}

/** Reads the groups of an account, and the roles and denials that it has by itself or by them. */
export async function readAccountRights(
  { db }: Database,
  account: { readonly id: string; readonly name: string },
): Promise<AccountRights> {
  const groups = await db
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .select(['groups.id', 'groups.name', 'groups.source'])
    .where('account_id', '=', account.id)
    .orderBy('groups.name')
    .execute();
  const subjects = new Map([[account.id, account.name], ...groups.map(({ id, name }) => [id, name] as const)]);
  const rows = await db
    .selectFrom('grants')
    .selectAll()
    .where('subject_id', 'in', [...subjects.keys()])
    .orderBy('path')
    .orderBy('id')
    .execute();
  return {
    groups: groups.map(({ name, source }) => ({ name, source })),
    grants: rows.map((row) => ({ ...row, subject: subjects.get(row.subject_id) ?? '' })),
  };
}
