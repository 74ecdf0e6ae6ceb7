import type { Become } from '../model/task.js';
import { quote } from '../sh.js';
import { ConnectionError } from './connection.js';

/** A command that runs a script as another user, and how its password is asked for. */
export interface UserCommand {
  readonly command: string;
  /** What the prompt for the password looks like on standard error; undefined when none can come. */
  readonly prompt: string | undefined;
}

/** How a script is run as a user: directly, or through one sudo whose prompt is known by a marker. */
export function commandAs(
  script: string,
  as: Become,
  login: string,
  password: string | undefined,
  token: string,
): UserCommand {
  if (as === false || as.user === login) return { command: `exec sh -c ${quote(script)}`, prompt: undefined };
  const user = quote(as.user);
  const target = `-H -u ${user} -- sh -c ${quote(script)}`;
  if (password === undefined) return { command: `LC_ALL=C exec sudo -n ${target}`, prompt: undefined };
  return { command: `LC_ALL=C exec sudo -S -p ${quote(`${token}-password`)} ${target}`, prompt: `${token}-password` };
}

/** What sudo's refusal means. */
export function sudoRefusal(stderr: string, user: string, asked: boolean): ConnectionError {
  const said = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  if (asked || /incorrect password|sorry, try again/i.test(stderr)) {
    return new ConnectionError(
      'become-password-wrong',
      `the sudo password is wrong: it was not accepted for becoming ${user}`,
      'check become_password, or ask for it with -K',
    );
  }
  if (/password is required|no password was provided|terminal is required to read the password/i.test(stderr)) {
    return new ConnectionError(
      'become-password-missing',
      `sudo asks for a password to become ${user}, and none was given`,
      'give it with -K, or become_password',
    );
  }
  if (/must have a tty/i.test(stderr)) {
    return new ConnectionError(
      'become-tty',
      `sudo on the host wants a terminal: ${said}`,
      'take "requiretty" out of sudoers for this user',
    );
  }
  if (/not in the sudoers|may not run sudo|not allowed to (execute|run)|unknown user/i.test(stderr)) {
    return new ConnectionError(
      'become-not-allowed',
      `becoming ${user} is not allowed: ${said}`,
      'log in as another user (user, -u), or add this one to sudoers',
    );
  }
  if (/sudo.*not found|not found.*sudo/i.test(stderr)) {
    return new ConnectionError('become-not-allowed', 'there is no sudo on the host', 'log in as root, or install sudo');
  }
  return new ConnectionError('shell', `no shell as ${user}: ${said === '' ? 'it ended without a word' : said}`);
}
