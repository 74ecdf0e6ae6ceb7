import type { ConnectionSettings } from '../../model/play.js';
import type { Become } from '../../model/task.js';

/** Returns the user of a host's tasks that don't name one. */
export function defaultBecome({ become, becomeUser }: ConnectionSettings): Become {
  return become && { user: becomeUser };
}

/** Returns a key for a user's shell: equal keys are one shell. */
export function userKey(as: Become): string {
  return as === false ? '' : as.user;
}
