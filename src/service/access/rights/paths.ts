import { isRepository } from '../../../registry/names.js';

/** Returns true for a path of rights: `team/app`, `team/` with all below it, or the empty one: everything. */
export function isRightsPath(text: string): boolean {
  return text === '' || isRepository(text.endsWith('/') ? text.slice(0, -1) : text);
}

/** Returns true for a repository that a path means. */
export function covers(path: string, repository: string): boolean {
  if (path === '') return true;
  return path.endsWith('/') ? repository.startsWith(path) : repository === path;
}

/** Returns true for a path whose repositories another path means, too. */
export function coversPath(path: string, inner: string): boolean {
  return path === '' || path === inner || (path.endsWith('/') && inner.startsWith(path));
}
