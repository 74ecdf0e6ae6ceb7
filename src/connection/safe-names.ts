import { ConnectionError } from './connection.js';

/** Characters of a host or user that mean something to a shell, as OpenSSH 9.6 refuses them (CVE-2023-51385). */
const unsafe = {
  address: /['"`$\\;&<>|(){}\s\p{Cc}]/gu,
  user: /['"`;&<>|(){}\p{Cc}]/gu,
};

/**
 * Checks a host and user before ssh, ssh_config or a shell sees them: an older ssh hands them to the shell of a `Match
 * exec` or ProxyCommand as they are.
 *
 * @throws ConnectionError that names the characters
 */
export function checkNames({ address, user }: { readonly address: string; readonly user: string | undefined }): void {
  if (address === '') throw refusal('the address of the host is empty', 'give it an ansible_host');
  check('address', address);
  if (user === undefined) return;
  check('user', user);
  // As words of their own they would be options.
  if (/\s-/.test(user) || user.endsWith('\\')) throw refusal(`the user ${quoted(user)} is no name of a user`);
}

function check(what: 'address' | 'user', name: string): void {
  if (name.startsWith('-'))
    throw refusal(`the ${what} ${quoted(name)} would be read as an option, as it begins with "-"`);
  const found = [...new Set(name.match(unsafe[what]))].map((character) => quoted(character)).join(' ');
  if (found !== '') throw refusal(`the ${what} ${quoted(name)} has characters that a shell would read: ${found}`);
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
