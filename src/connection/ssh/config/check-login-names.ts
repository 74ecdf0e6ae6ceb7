import { addressProblem, userProblem } from '../../../model/login-names.js';
import { ConnectionError } from '../../connection.js';

/**
 * Checks a host and user before ssh, ssh_config or a shell sees them: an older ssh hands them to the shell of a `Match
 * exec` or ProxyCommand as they are. What an inventory says has been checked before; this is for what ssh_config says.
 *
 * @throws ConnectionError that names the characters
 */
export function checkNames({ address, user }: { readonly address: string; readonly user: string | undefined }): void {
  check('address', address, addressProblem(address));
  if (user !== undefined) check('user', user, userProblem(user));
}

function check(what: 'address' | 'user', name: string, problem: string | undefined): void {
  if (problem !== undefined) throw refusal(`the ${what} ${quoted(name)} ${problem}`);
}

/**
 * Checks what a token of a ProxyCommand stands for, which goes into a shell without quotes.
 *
 * @throws ConnectionError that names the token
 */
export function checkWord(token: string, value: string): void {
  if (/^[\p{L}\p{N}_.:@%+=,/][\p{L}\p{N}_.:@%+=,/-]*$/u.test(value)) return;
  throw refusal(
    `%${token} of the ProxyCommand stands for ${quoted(value)}, which a shell would not read as one word`,
    'take the token out of the ProxyCommand, or give the host a plain name',
  );
}

/**
 * Checks what a token in a path of ssh_config stands for: it must not lead to another folder.
 *
 * @throws ConnectionError that names the token
 */
export function checkStep(token: string, value: string): void {
  if (!value.includes('/') && value !== '..') return;
  const message = `%${token} in a path of ssh_config stands for ${quoted(value)}, which would lead to another folder`;
  throw refusal(message);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function refusal(
  message: string,
  hint = 'correct ansible_host and ansible_user in the inventory, or the ssh_config',
): ConnectionError {
  return new ConnectionError('unresolved', message, hint);
}
