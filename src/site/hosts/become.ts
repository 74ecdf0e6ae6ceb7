import type { ConnectionSettings } from '../../model/play.js';
import type { Become } from '../../model/task.js';
import type { Words } from '../blueprint/blueprint.js';

/** Who tasks run as: what is nearest to the task says, and the host's own setting where nothing does. */
export function becomeOf(words: Words, settings: ConnectionSettings): Become {
  if (!(words.become ?? settings.become)) return false;
  return { user: words.becomeUser ?? settings.becomeUser };
}
