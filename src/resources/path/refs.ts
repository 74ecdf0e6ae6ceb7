import { posix } from 'node:path';
import type { Ref } from '../../model/resource.js';

/**
 * Lists what may change the state of a path: itself, and all that changes what lies below one of its folders. That is
 * written with a slash at the end (`path:/srv/`: a mount on /srv, a link at /srv, the removal of /srv).
 */
export function pathNeeds(path: string): readonly Ref[] {
  const refs: Ref[] = [`path:${path}`];
  for (let folder = posix.dirname(path); folder !== '/'; folder = posix.dirname(folder)) refs.push(below(folder));
  return refs;
}

/** Returns the reference to everything below a folder. */
export function below(path: string): Ref {
  return `path:${path}/`;
}

/** Lists the accounts that an ownership depends on; numbers depend on none. */
export function accountNeeds(owner: string | undefined, group: string | undefined): readonly Ref[] {
  const refs: Ref[] = [];
  if (owner !== undefined && isNamed(owner)) refs.push(`user:${owner}`);
  if (group !== undefined && isNamed(group)) refs.push(`group:${group}`);
  return refs;
}

function isNamed(account: string): boolean {
  return account !== 'root' && !/^\d+$/.test(account);
}
