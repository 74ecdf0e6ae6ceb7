import type { RepositoryAction } from './roles.js';

/** Kinds of registries, by whom they are for. */
export type RegistryKind = 'private' | 'sponsor' | 'mirror' | 'vendor';

/** Rights of a sender, as far as kinds look at them. */
interface KindSubject {
  readonly account: string | undefined;
  readonly isRobot: boolean;
  readonly grants: readonly { readonly registry: string; readonly rule: object }[];
}

/** Registry of a kind. */
export interface RegistryOfKind {
  readonly name: string;
  readonly kind?: RegistryKind | undefined;
}

/**
 * Returns true where the kind of a registry forbids something, whatever roles and visibility say. Administrators are not asked.
 *
 * - `private` and `mirror`: nothing without an account
 * - `mirror`: robots with a role of this registry alone change something
 * - `vendor`: nothing is deleted
 */
export function isRefusedByKind(
  kind: RegistryKind,
  { account, isRobot, grants }: KindSubject,
  action: RepositoryAction,
  registry: string,
): boolean {
  if (account === undefined && (kind === 'private' || kind === 'mirror')) return true;
  if (kind === 'vendor') return action === 'delete';
  if (kind !== 'mirror' || (action !== 'push' && action !== 'delete')) return false;
  return !(isRobot && grants.some((grant) => grant.registry === registry && 'role' in grant.rule));
}

/** Returns the kinds of registries that have one. */
export function kindsOf(registries: readonly RegistryOfKind[]): ReadonlyMap<string, RegistryKind> {
  return new Map(registries.flatMap(({ name, kind }) => (kind === undefined ? [] : [[name, kind] as const])));
}

/** Returns in words what a kind forbids. */
export function rulesOfKind(kind: RegistryKind): string {
  switch (kind) {
    case 'private':
      return 'nothing of it is for whoever has no account';
    case 'mirror':
      return 'it takes a login, and robots with a role of this registry alone change something there';
    case 'vendor':
      return 'what was published there stays';
    case 'sponsor':
      return 'its repositories are public unless a rule says otherwise';
  }
}
