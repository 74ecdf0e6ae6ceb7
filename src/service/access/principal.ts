import type { AccessTokenRow, AccountRow } from '../store/tables.js';
import type { SubjectRights, TokenLimit } from './rights/decide.js';

/** Means by which a request showed whose it is. */
export type Means =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'session'; readonly id: string }
  | { readonly kind: 'password' }
  | { readonly kind: 'access-token'; readonly id: string }
  | { readonly kind: 'login'; readonly id: string };

/** Sender of a request: an account and how it acts, or nobody's. */
export interface Principal {
  readonly account: AccountRow | undefined;
  readonly means: Means;
  /** Narrowing by its access token; undefined: none. */
  readonly limits: readonly TokenLimit[] | undefined;
  /** Reach of its use of the API. */
  readonly api: AccessTokenRow['api'];
}

/** Sender that has shown nothing. */
export const nobody: Principal = { account: undefined, means: { kind: 'anonymous' }, limits: undefined, api: 'read' };

/** Returns true for a sender that may administer the service. A narrowed token never does. */
export function isAdministrator({ account, limits }: Principal): boolean {
  return account?.is_admin === 1 && limits === undefined;
}

/** Returns a sender's rights, with the grants of its account. */
export function subjectOf(principal: Principal, grants: SubjectRights['grants']): SubjectRights {
  const { account, limits } = principal;
  return {
    account: account?.name,
    isAdmin: account?.is_admin === 1,
    isRobot: account?.kind === 'robot',
    grants,
    limits,
  };
}
