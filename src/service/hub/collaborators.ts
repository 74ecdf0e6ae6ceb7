import { decide, type RepositoryPlace, type SubjectRights, type Visibilities } from '../access/rights/decide.js';
import type { RightsStore } from '../access/rights/rights.js';
import { actions, type RepositoryAction, type RepositoryRole } from '../access/rights/roles.js';
import type { Database } from '../store/database.js';
import { pathsAbout } from './paths-about.js';

/** Grant by which an account may do something with a repository, or may not. */
export interface CollaboratorGrant {
  readonly id: string;
  readonly subject: { readonly kind: 'account' | 'group'; readonly name: string };
  readonly registry: string;
  readonly path: string;
  readonly role: RepositoryRole | null;
  readonly denied: readonly RepositoryAction[] | null;
  /** It is the account's own, of this registry, on exactly this repository. */
  readonly isOwn: boolean;
}

/** Account that a grant is about, and what it may do with a repository. */
export interface Collaborator {
  readonly account: string;
  readonly kind: 'user' | 'robot';
  readonly actions: readonly RepositoryAction[];
  readonly through: readonly CollaboratorGrant[];
}

/** Lists the accounts that grants on a repository, or on a path above it, are about, by name. */
export async function listCollaborators(
  { db }: Database,
  rights: RightsStore,
  place: RepositoryPlace,
  { limit, after = '' }: { readonly limit: number; readonly after?: string | undefined },
): Promise<Collaborator[]> {
  const grants = await db
    .selectFrom('grants')
    .leftJoin('groups', 'groups.id', 'grants.subject_id')
    .selectAll('grants')
    .select('groups.name as group_name')
    .where('grants.registry', 'in', ['', place.registry])
    .where('grants.path', 'in', pathsAbout(place.repository))
    .execute();
  if (grants.length === 0) return [];
  const subjects = (kind: 'account' | 'group') => [
    '',
    ...grants.flatMap((grant) => (grant.subject_kind === kind ? [grant.subject_id] : [])),
  ];
  const accounts = await db
    .selectFrom('accounts')
    .select(['id', 'name', 'kind', 'is_admin'])
    .where('name', '>', after)
    .where(({ eb, or, selectFrom }) =>
      or([
        eb('id', 'in', subjects('account')),
        eb('id', 'in', selectFrom('group_members').select('account_id').where('group_id', 'in', subjects('group'))),
      ]),
    )
    .orderBy('name')
    .limit(limit)
    .execute();
  const visibilities = await rights.visibilities();
  const found: Collaborator[] = [];
  for (const { id, name, kind, is_admin: isAdmin } of accounts) {
    const all = await rights.grantsOf(id);
    const subject = {
      account: name,
      isAdmin: isAdmin === 1,
      isRobot: kind === 'robot',
      grants: all,
      limits: undefined,
    };
    const own = new Set(all.map((grant) => grant.id));
    const through = grants
      .filter((grant) => own.has(grant.id))
      .map((grant): CollaboratorGrant => {
        const isOwn =
          grant.subject_kind === 'account' && grant.registry === place.registry && grant.path === place.repository;
        return {
          id: grant.id,
          subject: { kind: grant.subject_kind, name: grant.group_name ?? name },
          registry: grant.registry,
          path: grant.path,
          role: grant.role as RepositoryRole | null,
          denied: grant.denied === null ? null : (JSON.parse(grant.denied) as RepositoryAction[]),
          isOwn: isOwn && grant.role !== null,
        };
      });
    found.push({ account: name, kind, actions: allowedActions(subject, place, visibilities), through });
  }
  return found;
}

/** Returns what a sender may do with a repository. */
function allowedActions(
  subject: SubjectRights,
  place: RepositoryPlace,
  visibilities: Visibilities,
): RepositoryAction[] {
  return actions.filter((action) => decide(subject, action, place, visibilities).allows);
}

/** Returns what visibility lets those do that have no role: without an account, and with one. */
export function openActions(
  place: RepositoryPlace,
  visibilities: Visibilities,
): { readonly anybody: RepositoryAction[]; readonly anyAccount: RepositoryAction[] } {
  const nobodys = { isAdmin: false, isRobot: false, grants: [], limits: undefined };
  return {
    anybody: allowedActions({ ...nobodys, account: undefined }, place, visibilities),
    // No account has the empty name.
    anyAccount: allowedActions({ ...nobodys, account: '' }, place, visibilities),
  };
}
