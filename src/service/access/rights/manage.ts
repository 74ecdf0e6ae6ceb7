import type { SubjectRights } from './decide.js';
import { coversPath } from './paths.js';
import type { RepositoryAction, RepositoryRole } from './roles.js';

/** Returns true for a sender that may say who does what with everything a path means. */
export function mayManagePath(subject: SubjectRights, registry: string, path: string): boolean {
  if (subject.limits !== undefined) return false;
  return hasRoleOf(subject, registry, path, ['owner'], 'manage');
}

/**
 * Returns true for a sender that may say something about everything a path means: a description, a notice. The kind of the
 * registry doesn't count: nothing of its content changes.
 */
export function mayMaintainPath(subject: SubjectRights, registry: string, path: string): boolean {
  const { limits } = subject;
  if (limits?.some((limit) => coversPath(limit.path, path) && limit.actions.includes('delete')) === false) return false;
  return hasRoleOf(subject, registry, path, ['maintainer', 'owner'], 'delete');
}

function hasRoleOf(
  { isAdmin, grants }: SubjectRights,
  registry: string,
  path: string,
  roles: readonly RepositoryRole[],
  action: RepositoryAction,
): boolean {
  if (isAdmin) return true;
  const ofRegistry = grants.filter((grant) => grant.registry === '' || grant.registry === registry);
  const denied = ofRegistry.some(
    ({ rule, path: of }) =>
      'denied' in rule && rule.denied.includes(action) && (coversPath(of, path) || coversPath(path, of)),
  );
  return (
    !denied &&
    ofRegistry.some(({ rule, path: of }) => 'role' in rule && roles.includes(rule.role) && coversPath(of, path))
  );
}
