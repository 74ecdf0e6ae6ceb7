import type { SubjectRights } from './decide.js';
import { coversPath } from './paths.js';

/** Returns true for a sender that may say who does what with everything a path means. */
export function mayManagePath({ isAdmin, grants, limits }: SubjectRights, registry: string, path: string): boolean {
  if (limits !== undefined) return false;
  if (isAdmin) return true;
  const isAbout = (grant: { readonly registry: string; readonly path: string }) =>
    grant.registry === '' || grant.registry === registry;
  const denied = grants.some(
    (grant) =>
      isAbout(grant) &&
      'denied' in grant.rule &&
      grant.rule.denied.includes('manage') &&
      (coversPath(grant.path, path) || coversPath(path, grant.path)),
  );
  return (
    !denied &&
    grants.some(
      (grant) => isAbout(grant) && 'role' in grant.rule && grant.rule.role === 'owner' && coversPath(grant.path, path),
    )
  );
}
