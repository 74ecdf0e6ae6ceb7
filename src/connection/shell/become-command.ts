import type { Become } from '../../model/task.js';
import { quote } from '../../sh.js';
import { ConnectionError } from '../connection.js';

/**
 * Returns the command by which a login shell (of any kind) runs a script for `sh -c` as a user: directly, or through one
 * sudo. With a password, sudo asks for it with the prompt; without one it may not ask. Where root logs in and there is no
 * sudo, su is used.
 */
export function commandAs(script: string, as: Become, login: string, prompt: string | undefined): string {
  if (as === false || as.user === login) return `exec sh -c ${quote(script)}`;
  const asked = prompt === undefined ? '-n' : `-S -p ${quote(prompt)}`;
  const sudo = `exec env LC_ALL=C sudo ${asked} -H -u ${quote(as.user)} -- sh -c ${quote(script)}`;
  if (login !== 'root') return sudo;
  const su = `exec su -s /bin/sh ${quote(as.user)} -c ${quote(script)}`;
  return `exec sh -c ${quote(`if command -v sudo >/dev/null 2>&1; then ${sudo}; else ${su}; fi`)}`;
}

/** Most characters that are read of a refusal, from its end: sudo and su need a few lines. */
const longestRefusal = 10_000;

/** Returns the error of a refusal by sudo. @param asked set where it asked for the password and got one */
export function sudoRefusal(stderr: string, user: string, asked: boolean): ConnectionError {
  const lines = stderr
    .slice(-longestRefusal)
    .split('\n')
    .map((line) => line.trim());
  const find = (pattern: RegExp) => lines.find((line) => pattern.test(line));
  const terminal = find(/must have a tty/i);
  if (terminal !== undefined) {
    const hint = 'remove "requiretty" from sudoers for this user';
    return new ConnectionError('become-tty', `sudo on the host requires a terminal: ${terminal}`, hint);
  }
  if (find(/unknown user|user .* (not found|does not exist)/i) !== undefined) {
    const hint = 'create the user first, or correct become_user';
    return new ConnectionError('become-not-allowed', `there is no user ${user} on the host`, hint);
  }
  const forbidden = find(/not in the sudoers|may not run sudo|not allowed to|afraid I can't do that/i);
  if (forbidden !== undefined) {
    const hint = 'log in as another user (host variable `user`), or allow this one in sudoers';
    return new ConnectionError('become-not-allowed', `sudo does not let this user become ${user}: ${forbidden}`, hint);
  }
  const expired = find(passwordExpired) ?? find(/account (has )?expired|account validation failure/i);
  if (expired !== undefined) {
    const message = `sudo does not let this user become ${user}, as the account or its password has expired: ${expired}`;
    return new ConnectionError('become-not-allowed', message, 'log in as this user and set a new password');
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
  const last = lines.findLast((line) => line !== '') ?? 'it ended without output';
  return new ConnectionError('shell', `no shell as ${user}: ${last}`);
}

/** Output of a sudo that wants a new password before anything else, and waits for it. */
export const passwordExpired = /password (is|has) expired|change your (expired )?password/i;

/** Returns the error of a shell that did not start in time: sudo (or PAM) may be asking something in words of its own. */
export function sudoLate(output: string, where: string, user: string, seconds: number): ConnectionError {
  const last = output.split('\n').findLast((line) => line.trim() !== '');
  if (last === undefined) return new ConnectionError('timeout', `${where}: no shell as ${user} within ${seconds} s`);
  const message = `${where}: no shell as ${user} within ${seconds} s; its last output is "${last.trim()}"`;
  const hint =
    'if that is a question, make sudo ask for nothing but the password (Defaults passprompt_override in sudoers)';
  return new ConnectionError('timeout', message, hint);
}

/** Returns the error of a password that sudo did not accept. */
export function passwordWrong(user: string): ConnectionError {
  return new ConnectionError(
    'become-password-wrong',
    `the sudo password is wrong: it was not accepted for becoming ${user}`,
    'give the right one with -K, or correct the variable become_password',
  );
}
