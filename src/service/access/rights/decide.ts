import { isRefusedByKind, type RegistryKind } from './kinds.js';
import { covers } from './paths.js';
import type { RepositoryAction, RepositoryRole, Visibility } from './roles.js';
import { actionsOfRole } from './roles.js';

/** RepositoryRole that is given, or actions that are denied, to an account or a group. */
export interface Grant {
  readonly id: string;
  /** Words for an explanation: `bob`, `group ops`. */
  readonly subject: string;
  /** Empty: of all registries. */
  readonly registry: string;
  readonly path: string;
  readonly rule: { readonly role: RepositoryRole } | { readonly denied: readonly RepositoryAction[] };
}

/** Visibility of a repository, or of all below a path. */
export interface VisibilityRule {
  readonly registry: string;
  readonly path: string;
  readonly visibility: Visibility;
  /** Kind of the registry, where the rule follows from that. */
  readonly kind?: RegistryKind;
}

/** Narrowing that an access token brings. */
export interface TokenLimit {
  readonly path: string;
  readonly actions: readonly RepositoryAction[];
}

/** Rights of one sender of requests. */
export interface SubjectRights {
  /** Undefined: nobody's. */
  readonly account: string | undefined;
  readonly isAdmin: boolean;
  readonly isRobot: boolean;
  readonly grants: readonly Grant[];
  /** Undefined: it acts without a token, or with one that is not narrowed. */
  readonly limits: readonly TokenLimit[] | undefined;
}

/** Visibilities of all repositories. */
export interface Visibilities {
  readonly rules: readonly VisibilityRule[];
  /** Of what no rule is about. */
  readonly usual: Visibility;
  /** Kinds of registries that have one. */
  readonly kinds: ReadonlyMap<string, RegistryKind>;
}

/** Repository of a registry. */
export interface RepositoryPlace {
  readonly registry: string;
  readonly repository: string;
}

/** Visibility of a repository, and the path of the rule that says so. */
export interface DecidedVisibility {
  readonly visibility: Visibility;
  readonly path: string;
  /** Kind of the registry, where the rule follows from that. */
  readonly registryKind?: RegistryKind | undefined;
}

/** Reason of a decision, in the order in which they are looked at. */
export type Reason =
  | { readonly kind: 'token'; readonly allows: false }
  | { readonly kind: 'administrator'; readonly allows: true }
  | { readonly kind: 'denied'; readonly allows: false; readonly grant: Grant }
  | { readonly kind: 'role'; readonly allows: true; readonly grant: Grant; readonly role: RepositoryRole }
  | { readonly kind: 'registry'; readonly allows: false; readonly registryKind: RegistryKind }
  | ({ readonly kind: 'visibility'; readonly allows: true } & DecidedVisibility)
  | { readonly kind: 'nothing'; readonly allows: false; readonly visibility: Visibility };

/** Decides whether a sender may do something with a repository, and says why. */
export function decide(
  subject: SubjectRights,
  action: RepositoryAction,
  place: RepositoryPlace,
  visibilities: Visibilities,
): Reason {
  const { limits, isAdmin, grants, account } = subject;
  if (limits !== undefined && !isWithin(limits, action, place.repository)) return { kind: 'token', allows: false };
  if (isAdmin) return { kind: 'administrator', allows: true };
  const ofPlace = grants.filter((grant) => isAbout(grant, place));
  const registryKind = visibilities.kinds.get(place.registry);
  if (registryKind !== undefined && isRefusedByKind(registryKind, subject, action, place.registry)) {
    return { kind: 'registry', allows: false, registryKind };
  }
  const denial = ofPlace.find(({ rule }) => 'denied' in rule && rule.denied.includes(action));
  if (denial !== undefined) return { kind: 'denied', allows: false, grant: denial };
  for (const grant of ofPlace) {
    if ('role' in grant.rule && actionsOfRole(grant.rule.role).includes(action)) {
      return { kind: 'role', allows: true, grant, role: grant.rule.role };
    }
  }
  const decided = visibilityOf(place, visibilities);
  const { visibility } = decided;
  const isOpen = visibility === 'public' || (visibility === 'internal' && account !== undefined);
  if (isOpen && (action === 'see' || action === 'pull')) return { kind: 'visibility', allows: true, ...decided };
  return { kind: 'nothing', allows: false, visibility };
}

/** Returns true when a sender may do something with a repository. */
export function may(
  subject: SubjectRights,
  action: RepositoryAction,
  place: RepositoryPlace,
  visibilities: Visibilities,
): boolean {
  return decide(subject, action, place, visibilities).allows;
}

/** Returns the visibility of a repository: that of the longest path about it; one of its registry before one of all. */
export function visibilityOf(
  place: RepositoryPlace,
  { rules, usual }: Pick<Visibilities, 'rules' | 'usual'>,
): DecidedVisibility {
  let found: VisibilityRule | undefined;
  for (const rule of rules) {
    if (!isAbout(rule, place)) continue;
    if (found === undefined || weight(rule) > weight(found)) found = rule;
  }
  if (found === undefined) return { visibility: usual, path: '' };
  return { visibility: found.visibility, path: found.path, registryKind: found.kind };
}

function weight({ path, registry }: VisibilityRule): number {
  return path.length * 2 + (registry === '' ? 0 : 1);
}

function isAbout(rule: { readonly registry: string; readonly path: string }, place: RepositoryPlace): boolean {
  return (rule.registry === '' || rule.registry === place.registry) && covers(rule.path, place.repository);
}

function isWithin(limits: readonly TokenLimit[], action: RepositoryAction, repository: string): boolean {
  return limits.some((limit) => {
    if (!covers(limit.path, repository)) return false;
    return limit.actions.includes(action) || (action === 'see' && limit.actions.length > 0);
  });
}
