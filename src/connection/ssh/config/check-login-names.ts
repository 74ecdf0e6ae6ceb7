import { addressProblem, userProblem } from '../../../model/login-names.js';
import { ConnectionError } from '../../connection.js';

/**
 * Checks a host and user before ssh, ssh_config or a shell sees them. An older ssh passes them unquoted to the shell of a
 * `Match exec` or ProxyCommand. Names from the inventory have been checked before; this is for those from ssh_config.
 *
 * @throws ConnectionError that names the characters
 */
export function checkLoginNames({
  address,
  user,
}: {
  readonly address: string;
  readonly user: string | undefined;
}): void {
  check('address', address, addressProblem(address));
  if (user !== undefined) check('user', user, userProblem(user));
}

function check(what: 'address' | 'user', name: string, problem: string | undefined): void {
  if (problem !== undefined) throw refusal(`the ${what} ${quote(name)} ${problem}`);
}

/**
 * Checks the value of a token in a ProxyCommand, which reaches a shell without quotes.
 *
 * @throws ConnectionError that names the token
 */
export function checkWord(token: string, value: string): void {
  if (/^[\p{L}\p{N}_.:@%+=,/][\p{L}\p{N}_.:@%+=,/-]*$/u.test(value)) return;
  throw refusal(
    `%${token} of the ProxyCommand stands for ${quote(value)}, which a shell would not read as one word`,
    'remove the token from the ProxyCommand, or give the host a plain name',
  );
}

/**
 * Checks the value of a token in a path of ssh_config: it must not lead to another folder.
 *
 * @throws ConnectionError that names the token
 */
export function checkStep(token: string, value: string): void {
  if (!value.includes('/') && value !== '..') return;
  const message = `%${token} in a path of ssh_config stands for ${quote(value)}, which would lead to another folder`;
  throw refusal(message);
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function refusal(
  message: string,
  hint = 'correct ansible_host and ansible_user in the inventory, or the ssh_config',
): ConnectionError {
  return new ConnectionError('unresolved', message, hint);
}
