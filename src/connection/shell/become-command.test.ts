import { expect, it } from 'vitest';
import { commandAs, sudoRefusal } from './become-command.js';

it('needs no sudo for the user who logs in', () => {
  expect(commandAs('echo hi', false, 'root', undefined)).toBe("exec sh -c 'echo hi'");
  expect(commandAs('echo hi', { user: 'root' }, 'root', undefined)).toBe("exec sh -c 'echo hi'");
});

it('lets sudo ask only where there is an answer', () => {
  expect(commandAs('a', { user: 'root' }, 'clerk', undefined)).toBe('exec env LC_ALL=C sudo -n -H -u root -- sh -c a');
  expect(commandAs('a', { user: 'a b' }, 'clerk', 'PROMPT')).toBe(
    "exec env LC_ALL=C sudo -S -p PROMPT -H -u 'a b' -- sh -c a",
  );
});

it.each([
  ['sudo: a password is required', false, 'become-password-missing'],
  ['sudo-rs: interactive authentication is required', false, 'become-password-missing'],
  ['Sorry, try again.\nsudo: 1 incorrect password attempt', true, 'become-password-wrong'],
  ['sudo-rs: maximum 3 incorrect authentication attempts', true, 'become-password-wrong'],
  ['guest is not in the sudoers file.', true, 'become-not-allowed'],
  ['guest is not in the sudoers file.  This incident will be reported.', false, 'become-not-allowed'],
  ["Sorry, user guest is not allowed to execute '/bin/sh' as root on web1.", true, 'become-not-allowed'],
  ['Sorry, user guest may not run sudo on web1.', true, 'become-not-allowed'],
  ["sudo-rs: I'm sorry guest. I'm afraid I can't do that", true, 'become-not-allowed'],
  ['sudo: unknown user: nobdy', false, 'become-not-allowed'],
  ['sudo: unknown user nobdy\nsudo: error initializing audit plugin sudoers_audit', false, 'become-not-allowed'],
  [
    'sudo: Account or password is expired, reset your password and try again\nCurrent password:',
    true,
    'become-not-allowed',
  ],
  [
    'sudo: account validation failure, is your account locked?\nsudo: a password is required',
    true,
    'become-not-allowed',
  ],
  ['sudo: sorry, you must have a tty to run sudo', false, 'become-tty'],
  ['env: ‘sudo’: No such file or directory', false, 'become-not-allowed'],
  ['env: sudo: No such file or directory', false, 'become-not-allowed'],
  ['sudo: /etc/sudoers is world writable', false, 'shell'],
] as const)('%s', (said, asked, problem) => {
  expect(sudoRefusal(`a banner\n${said}\n`, 'root', asked).problem).toBe(problem);
});
