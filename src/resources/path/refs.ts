import { posix } from 'node:path';
import type { Ref } from '../../model/resource.js';

/**
 * What may change the state of a path: itself, and whatever changes all that lies below one of its folders, which is
 * written with a slash at the end (`path:/srv/`: a mount on /srv, a link at /srv, the removal of /srv).
 */
export function pathNeeds(path: string): readonly Ref[] {
  const refs: Ref[] = [`path:${path}`];
  for (let folder = posix.dirname(path); folder !== '/'; folder = posix.dirname(folder)) refs.push(below(folder));
  return refs;
}

/** Everything below a folder. */
export function below(path: string): Ref {
  return `path:${path}/`;
}

/** The accounts that an ownership leans on; numbers lean on none. */
export function accountNeeds(owner: string | undefined, group: string | undefined): readonly Ref[] {
  const refs: Ref[] = [];
  if (owner !== undefined && named(owner)) refs.push(`user:${owner}`);
  if (group !== undefined && named(group)) refs.push(`group:${group}`);
  return refs;
}

function named(account: string): boolean {
  return account !== 'root' && !/^\d+$/.test(account);
}
