import type { ConnectionSettings, Play } from '../../model/play.js';
import type { Become } from '../../model/task.js';

/** Who a host's tasks run as unless they say otherwise: its own `become` variables before the play's words, as in Ansible. */
export function becomeOf(play: Pick<Play, 'become'>, settings: ConnectionSettings): Become {
  return settings.become ? { user: settings.becomeUser } : play.become;
}

/** A name for a user's shell: the same for two that are the same. */
export function userKey(as: Become): string {
  return as === false ? '' : as.user;
}
