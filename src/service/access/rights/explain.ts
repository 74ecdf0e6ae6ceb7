import type { Reason, RepositoryPlace } from './decide.js';
import { rulesOfKind } from './kinds.js';
import type { RepositoryAction } from './roles.js';

/** Says why somebody may do something with a repository, or may not, and what would change it. */
export function explainReason(
  reason: Reason,
  who: string,
  action: RepositoryAction,
  { registry, repository }: RepositoryPlace,
): string {
  const what = `${action} ${repository}`;
  switch (reason.kind) {
    case 'token':
      return `${who} may not ${what}: the access token is narrowed to other repositories or actions`;
    case 'administrator':
      return `${who} may ${what}: an administrator may do everything`;
    case 'denied':
      return `${who} may not ${what}: ${reason.grant.subject} is denied it on ${shownPath(reason.grant.path)}`;
    case 'role':
      return `${who} may ${what}: ${reason.grant.subject} is ${reason.role} of ${shownPath(reason.grant.path)}`;
    case 'registry':
      return `${who} may not ${what}: ${registry} is a ${reason.registryKind} registry: ${rulesOfKind(reason.registryKind)}`;
    case 'visibility':
      if (reason.registryKind !== undefined) {
        return `${who} may ${what}: ${registry} is a ${reason.registryKind} registry: ${rulesOfKind(reason.registryKind)}`;
      }
      return `${who} may ${what}: ${shownPath(reason.path)} is ${reason.visibility}`;
    case 'nothing':
      return `${who} may not ${what}: it is ${reason.visibility}, and no role of ${who} allows it. Give one on it, or on a path above`;
  }
}

/** Returns a path of rights in words. */
export function shownPath(path: string): string {
  if (path === '') return 'all repositories';
  return path.endsWith('/') ? `all below ${path}` : path;
}
