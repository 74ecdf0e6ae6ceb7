import type { Become } from '../../model/task.js';
import { quote } from '../../sh.js';
import { ConnectionError } from '../connection.js';

/**
 * The command by which a login shell (of any kind) runs a script for `sh -c` as a user: directly, or through one sudo.
 * With a password sudo asks for it by the prompt; without one it is told not to ask. Where root logs in and there is no
 * sudo, su does it.
 */
export function commandAs(script: string, as: Become, login: string, prompt: string | undefined): string {
  if (as === false || as.user === login) return `exec sh -c ${quote(script)}`;
  const asked = prompt === undefined ? '-n' : `-S -p ${quote(prompt)}`;
  const sudo = `exec env LC_ALL=C sudo ${asked} -H -u ${quote(as.user)} -- sh -c ${quote(script)}`;
  if (login !== 'root') return sudo;
  const su = `exec su -s /bin/sh ${quote(as.user)} -c ${quote(script)}`;
  return `exec sh -c ${quote(`if command -v sudo >/dev/null 2>&1; then ${sudo}; else ${su}; fi`)}`;
}

/** Characters at the end of a refusal that are read: sudo and su need a few lines. */
const longestRefusal = 10_000;

/** What sudo's refusal means; `asked` when it asked for the password and was given one. */
export function sudoRefusal(stderr: string, user: string, asked: boolean): ConnectionError {
  const lines = stderr
    .slice(-longestRefusal)
    .split('\n')
    .map((line) => line.trim());
  const find = (pattern: RegExp) => lines.find((line) => pattern.test(line));
  const terminal = find(/must have a tty/i);
  if (terminal !== undefined) {
    const hint = 'take "requiretty" out of sudoers for this user';
    return new ConnectionError('become-tty', `sudo on the host wants a terminal: ${terminal}`, hint);
  }
  if (find(/unknown user|user .* (not found|does not exist)/i) !== undefined) {
    const hint = 'make the user first, or correct become_user';
    return new ConnectionError('become-not-allowed', `there is no user ${user} on the host`, hint);
  }
  const forbidden = find(/not in the sudoers|may not run sudo|not allowed to|afraid I can't do that/i);
  if (forbidden !== undefined) {
    const hint = 'log in as another user (host variable `user`), or let this one do it in sudoers';
    return new ConnectionError('become-not-allowed', `sudo does not let this user become ${user}: ${forbidden}`, hint);
  }
  const expired = find(passwordExpired) ?? find(/account (has )?expired|account validation failure/i);
  if (expired !== undefined) {
    const message = `sudo does not let this user become ${user}, as the account or its password has expired: ${expired}`;
    return new ConnectionError('become-not-allowed', message, 'log in as this user and give a new password');
  }
  if (asked || find(/incorrect (password|authentication)|sorry, try again/i) !== undefined) return passwordWrong(user);
  if (
    find(/password is required|authentication is required|no password was provided|terminal is required/i) !== undefined
  ) {
    const message = `sudo asks for a password to become ${user}, and none was given`;
    return new ConnectionError('become-password-missing', message, 'give it with -K, or the variable become_password');
  }
  if (find(/sudo.*not found|not found.*sudo|sudo.*no such file/i) !== undefined) {
    return new ConnectionError('become-not-allowed', 'there is no sudo on the host', 'log in as root, or install sudo');
  }
  const said = lines.findLast((line) => line !== '') ?? 'it ended without a word';
  return new ConnectionError('shell', `no shell as ${user}: ${said}`);
}

/** sudo wants a new password before anything else, and waits for it. */
export const passwordExpired = /password (is|has) expired|change your (expired )?password/i;

/** No shell came in time: perhaps since sudo (or what it asks) wants something in words of its own. */
export function sudoLate(said: string, where: string, user: string, seconds: number): ConnectionError {
  const last = said.split('\n').findLast((line) => line.trim() !== '');
  if (last === undefined) return new ConnectionError('timeout', `${where}: no shell as ${user} within ${seconds} s`);
  const message = `${where}: no shell as ${user} within ${seconds} s; the last that was said is "${last.trim()}"`;
  const hint =
    'if that asks for something, let sudo ask for the password alone (Defaults passprompt_override in sudoers), or not at all';
  return new ConnectionError('timeout', message, hint);
}

/** sudo asked again. */
export function passwordWrong(user: string): ConnectionError {
  return new ConnectionError(
    'become-password-wrong',
    `the sudo password is wrong: it was not accepted for becoming ${user}`,
    'give the right one with -K, or correct the variable become_password',
  );
}
