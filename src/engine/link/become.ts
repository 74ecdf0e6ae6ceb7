import type { ConnectionSettings } from '../../model/play.js';
import type { Become } from '../../model/task.js';

/** Returns who a host's tasks run as unless they say otherwise. */
export function becomeOf({ become, becomeUser }: ConnectionSettings): Become {
  return become && { user: becomeUser };
}

/** A name for a user's shell: the same for two that are the same. */
export function userKey(as: Become): string {
  return as === false ? '' : as.user;
}
