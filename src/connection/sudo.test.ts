import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sshd, startSshd } from '../../test/kit/connection/sshd.js';
import type { ConnectionSettings } from '../model/play.js';
import { sh } from '../sh.js';
import { openConnection } from './open.js';
import { startAs } from './shell/user-process.js';
import { sshTransport } from './ssh/ssh.js';

/* The real sudo, with users that the test makes. */
const possible = process.getuid?.() === 0 && existsSync('/usr/bin/sudo') && existsSync('/usr/sbin/visudo');
const user = `provtest${process.pid}`;
const stranger = `provother${process.pid}`;
const sudoers = `/etc/sudoers.d/${user}`;
const password = 'open sesame';
let sshd: Sshd;

// Where the lab is required, nothing is left out in silence.
it.runIf(process.env.PROVISION_REQUIRE_LAB === '1')('has what it needs', () => {
  expect(possible, 'these tests need root and sudo').toBe(true);
});

// Only root makes users and rules of sudo; where tests must run, the one above fails instead.
describe.skipIf(!possible)('sudo', () => {
  beforeAll(async () => {
    sshd = await startSshd('PermitUserEnvironment yes');
    for (const name of [user, stranger]) {
      await execa('useradd', ['-m', '-s', '/bin/sh', name]);
      await execa('chpasswd', { input: `${name}:${password}\n` });
    }
  });
  afterAll(async () => {
    rmSync(sudoers, { force: true });
    for (const name of [user, stranger]) await execa('userdel', ['-rf', name], { reject: false });
    await sshd.stop();
  });

  /** Becomes a user under these lines of sudoers. Returns the user of the shell, or the problem and its message. */
  async function become(lines: readonly string[], overrides: Partial<ConnectionSettings> = {}, as = 'root') {
    writeFileSync(sudoers, lines.map((line) => `${line.replaceAll('USER', user)}\n`).join(''), { mode: 0o440 });
    await execa('visudo', ['-cqf', sudoers]);
    const settings = sshd.settings({ user, becomePassword: password, ...overrides });
    const connection = await openConnection('host', settings);
    try {
      const [reply] = await connection.probe([{ script: sh`id -un` }], { user: as });
      return reply?.stdout.trim();
    } catch (error) {
      if (!(error instanceof Error && 'problem' in error)) throw error;
      return `${error.problem}: ${error.message}`;
    } finally {
      await connection.close();
    }
  }
  const all = 'USER ALL=(ALL) ALL';

  it('takes the password, and does without one where it is not asked for', async () => {
    expect(await become([all])).toBe('root');
    expect(await become([all], {}, stranger)).toBe(stranger);
    expect(await become(['USER ALL=(ALL) NOPASSWD: ALL'])).toBe('root');
    expect(await become(['USER ALL=(ALL) NOPASSWD: ALL'], { becomePassword: undefined })).toBe('root');
  });

  it.each([
    ['a lecture', ['Defaults:USER lecture=always']],
    ['stars while it is typed', ['Defaults:USER pwfeedback']],
    ['a prompt of its own', ['Defaults:USER passprompt="Kennwort: "']],
    ['a terminal of its own', ['Defaults:USER use_pty']],
    ['a badge of its own', ['Defaults:USER insults, badpass_message="No!"']],
  ])('is not disturbed by %s', async (_what, lines) => {
    expect(await become([...lines, all])).toBe('root');
  });

  it('tells a wrong password, a missing one, and a user who may not', async () => {
    expect(await become([all], { becomePassword: 'wrong' })).toBe(
      'become-password-wrong: the sudo password is wrong: it was not accepted for becoming root',
    );
    expect(await become([all], { becomePassword: undefined })).toBe(
      'become-password-missing: sudo asks for a password to become root, and none was given',
    );
    expect(await become([all], { user: stranger })).toMatch(/^become-not-allowed: .* not in the sudoers file/);
    expect(await become(['USER ALL=(ALL) /bin/true'])).toMatch(/^become-not-allowed: .* not allowed to execute/);
  });

  it('that wants a terminal is told so', async () => {
    expect(await become(['Defaults:USER requiretty', all])).toMatch(
      /^become-tty: sudo on the host requires a terminal: sudo: sorry, you must have a tty/,
    );
  });

  it('cannot become who is not there', async () => {
    expect(await become([all], {}, 'no-such-user')).toMatch(
      /^become-not-allowed: there is no user no-such-user on the host/,
    );
  });

  it('with a password that has expired is told so', async () => {
    await execa('chage', ['-d', '0', user]);
    try {
      expect(await become([all])).toMatch(/^become-not-allowed: .*expired/);
    } finally {
      await execa('chage', ['-d', '-1', user]);
    }
  });

  /** A host on which only these commands are found. */
  async function hostWith(programs: Readonly<Record<string, string>>) {
    const other = await startSshd(`SetEnv PATH=${join(sshd.folder, 'bin')}`);
    const bin = join(sshd.folder, 'bin');
    rmSync(bin, { recursive: true, force: true });
    mkdirSync(bin);
    for (const tool of ['env', 'sh', 'id']) symlinkSync(`/usr/bin/${tool}`, join(bin, tool));
    for (const [name, text] of Object.entries(programs)) writeFileSync(join(bin, name), text, { mode: 0o755 });
    const { port } = other;
    const identityFiles = [join(other.folder, 'client_key')];
    return { port, identityFiles, knownHostsFiles: [join(other.folder, 'known_hosts')], stop: other.stop };
  }

  it('that asks in words of its own is not waited for without telling them', async () => {
    const host = await hostWith({ sudo: '#!/bin/sh\nprintf "First Factor: " >&2\nread -r answer\n' });
    try {
      const settings = sshd.settings({ ...host, user, becomePassword: password });
      const transport = await sshTransport(settings);
      await expect(
        startAs(transport, 'true', { as: { user: 'root' }, becomePassword: password, deadline: 1 }),
      ).rejects.toMatchObject({
        problem: 'timeout',
        message: expect.stringMatching(/no shell as root within 1 s; its last output is "First Factor:"$/),
        hint: expect.stringContaining('passprompt_override'),
      });
      await transport.close();
    } finally {
      await host.stop();
    }
  });

  it('that is not there is told', async () => {
    const host = await hostWith({});
    try {
      expect(await become([all], host)).toBe('become-not-allowed: there is no sudo on the host');
    } finally {
      await host.stop();
    }
  });
});
