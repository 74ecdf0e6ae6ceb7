import type { Become } from '../model/task.js';
import { quote } from '../sh.js';
import { ConnectionError } from './connection.js';

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

/** What sudo's refusal means; `asked` when it asked for the password and was given one. */
export function sudoRefusal(stderr: string, user: string, asked: boolean): ConnectionError {
  const said = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  if (/must have a tty/i.test(stderr)) {
    const hint = 'take "requiretty" out of sudoers for this user';
    return new ConnectionError('become-tty', `sudo on the host wants a terminal: ${said}`, hint);
  }
  if (
    /not in the sudoers|may not run sudo|not allowed to|unknown user|user .* (not found|does not exist)|afraid I can't do that/i.test(
      stderr,
    )
  ) {
    const hint = 'log in as another user (host variable `user`), or let this one do it in sudoers';
    return new ConnectionError('become-not-allowed', `sudo does not let this user become ${user}: ${said}`, hint);
  }
  if (asked || /incorrect (password|authentication)|sorry, try again/i.test(stderr)) return passwordWrong(user);
  if (/password is required|authentication is required|no password was provided|terminal is required/i.test(stderr)) {
    const message = `sudo asks for a password to become ${user}, and none was given`;
    return new ConnectionError('become-password-missing', message, 'give it with -K, or the variable become_password');
  }
  if (/sudo.*not found|not found.*sudo|sudo.*no such file/i.test(stderr)) {
    return new ConnectionError('become-not-allowed', 'there is no sudo on the host', 'log in as root, or install sudo');
  }
  return new ConnectionError('shell', `no shell as ${user}: ${said === '' ? 'it ended without a word' : said}`);
}

/** sudo asked again. */
export function passwordWrong(user: string): ConnectionError {
  return new ConnectionError(
    'become-password-wrong',
    `the sudo password is wrong: it was not accepted for becoming ${user}`,
    'give the right one with -K, or correct the variable become_password',
  );
}
