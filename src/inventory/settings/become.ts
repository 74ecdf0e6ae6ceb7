import { userProblem } from '../../model/login-names.js';
import type { Become } from '../../model/task.js';
import type { SettingReader } from './setting-reader.js';

/** Values of `become` from one source: the variables of a host, the words of a task, the command line. */
export interface BecomeSource {
  readonly become?: boolean | undefined;
  readonly becomeUser?: string | undefined;
}

/**
 * Decides who something runs as. The rule is Ansible's: a variable (`ansible_become`, `ansible_become_user`, wherever it is
 * given) is stronger than a word of the task, block, role or play, and such a word is stronger than the command line.
 *
 * @param sources the strongest first
 */
export function decideBecome(...sources: readonly BecomeSource[]): Become {
  const isWanted = sources.find(({ become }) => become !== undefined)?.become ?? false;
  return isWanted && { user: sources.find(({ becomeUser }) => becomeUser !== undefined)?.becomeUser ?? 'root' };
}

/** Reads the variables that say who tasks run as. */
export function readBecome(reader: SettingReader): BecomeSource {
  return { become: reader.flag('become'), becomeUser: reader.text('become_user', userProblem) };
}
