import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { execa } from 'execa';
import ssh2, { type AuthContext, type Prompt } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sshd, startSshd } from '../../../test/kit/connection/sshd.js';
import type { ConnectionSettings } from '../../model/play.js';
import { type Sh, sh } from '../../sh.js';
import { openConnection } from '../open.js';

/** Connects, and runs a script where that is asked. Returns the problem, the message and the hint of what it fails with. */
async function refusal(settings: ConnectionSettings, script?: Sh): Promise<unknown> {
  try {
    const connection = await openConnection('host', settings);
    try {
      if (script !== undefined) await connection.probe([{ script, deadline: 10 }], false);
    } finally {
      await connection.close();
    }
    return 'connected';
  } catch (error) {
    if (!(error instanceof Error)) return error;
    return {
      problem: 'problem' in error && error.problem,
      message: error.message,
      hint: 'hint' in error && error.hint,
    };
  }
}

const possible = process.getuid?.() === 0 && existsSync('/etc/pam.d/sshd') && !existsSync('/etc/nologin');

// Where the lab is required, nothing is left out in silence.
it.runIf(process.env.PROVISION_REQUIRE_LAB === '1')('has what it needs', () => {
  expect(possible, 'these tests need root, the PAM of sshd, and no /etc/nologin').toBe(true);
});

// Only root makes accounts that expire.
describe.skipIf(!possible)(
  'a real sshd that lets the key in and closes the connection is not a host that does not answer',
  () => {
    const user = `provlogin${process.pid}`;
    let sshd: Sshd;
    beforeAll(async () => {
      sshd = await startSshd('UsePAM yes', 'MaxStartups 1:100:1');
      await execa('useradd', ['-m', '-s', '/bin/sh', user]);
      await execa('chpasswd', { input: `${user}:unused\n` });
    });
    afterEach(() => rmSync('/etc/nologin', { force: true }));
    afterAll(async () => {
      await execa('userdel', ['-rf', user], { reject: false });
      await sshd.stop();
    });

    it('says that the account has expired', async () => {
      await execa('chage', ['-E', '1', user]);
      expect(await refusal(sshd.settings({ user }))).toMatchObject({
        problem: 'closed',
        message: expect.stringMatching(
          /^127\.0\.0\.1:\d+ closed the connection during the login of \S+: Your account has expired; please contact your system administrator\.?$/,
        ),
        hint: expect.stringContaining('chage -l'),
      });
      await execa('chage', ['-E', '-1', user]);
      expect(await refusal(sshd.settings({ user }))).toBe('connected');
    });

    it('gives the words of /etc/nologin, as of a host that is booting', async () => {
      writeFileSync('/etc/nologin', 'System is booting up.\nTry later.\n');
      expect(await refusal(sshd.settings({ user }))).toMatchObject({
        problem: 'closed',
        message: expect.stringMatching(/during the login of \S+: System is booting up\. Try later\.$/),
        hint: expect.stringContaining('/etc/nologin'),
      });
    });

    it.each([
      [
        'has a shell that lets nobody in',
        'usermod -s /usr/sbin/nologin',
        'This account is currently not available.',
        'see the login shell of',
      ],
      ['has a shell that ends at once', 'usermod -s /bin/false', 'status 1', 'see the login shell of'],
      [
        'has a password that has expired',
        'chage -d 0',
        'Password change required but no TTY available.',
        'set a new password',
      ],
    ])('says that the account %s', async (_, line, message, hint) => {
      const [command = '', ...args] = line.split(' ');
      await execa(command, [...args, user]);
      try {
        expect(await refusal(sshd.settings({ user }), sh`:`)).toMatchObject({
          problem: 'shell',
          message: expect.stringMatching(new RegExp(`gives no shell: ${message}$`)),
          hint: expect.stringContaining(hint),
        });
      } finally {
        await execa('usermod', ['-s', '/bin/sh', user]);
        await execa('chage', ['-d', '2024-01-01', user]);
      }
      expect(await refusal(sshd.settings({ user }), sh`:`)).toBe('connected');
    });

    it('says that too many log in at a time', async () => {
      const other = connect(sshd.port, '127.0.0.1');
      await new Promise((resolve) => other.once('data', resolve));
      expect(await refusal(sshd.settings({ user }))).toMatchObject({
        problem: 'refused',
        message: expect.stringMatching(
          /closed the connection before the login: (Not allowed at this time|Exceeded MaxStartups)$/,
        ),
        hint: expect.stringContaining('MaxStartups'),
      });
      other.destroy();
    });
  },
);

it('a server that hangs up without a word has not timed out', async () => {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const settings: ConnectionSettings = {
    ...{ connection: 'ssh', address: '127.0.0.1', port, user: 'op', identityFiles: [], knownHostsFiles: [] },
    ...{ password: 'x', become: false, becomeUser: 'root', becomePassword: undefined, root: '', acceptNew: false },
    connectTimeout: 10,
  };
  expect(await refusal(settings)).toMatchObject({
    problem: 'refused',
    message: `127.0.0.1:${port} closed the connection before the login`,
  });
  server.close();
});

describe('a password', () => {
  const hostKey = ssh2.utils.generateKeyPairSync('ed25519').private;
  let rounds: readonly (readonly Prompt[])[] = [];
  let answers: string[][] = [];
  let isLetIn: (last: readonly string[]) => boolean = () => false;
  let port = 0;
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (auth: AuthContext) => {
      if (auth.method !== 'keyboard-interactive') return auth.reject(['keyboard-interactive']);
      const ask = (at: number) => {
        const prompts = rounds[at];
        if (prompts === undefined) {
          if (isLetIn(answers.at(-1) ?? [])) auth.accept();
          else auth.reject();
          return;
        }
        auth.prompt([...prompts], (given) => {
          answers.push(given);
          ask(at + 1);
        });
      };
      ask(0);
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address: unknown = server.address();
    if (typeof address === 'object' && address !== null && 'port' in address) port = Number(address.port);
  });
  beforeEach(() => {
    answers = [];
    isLetIn = () => false;
  });
  afterAll(() => {
    server.close();
  });

  const login = () =>
    refusal({
      ...{ connection: 'ssh', address: '127.0.0.1', port, user: 'op', identityFiles: [], acceptNew: true },
      ...{ knownHostsFiles: ['/dev/null'], password: 'hunter2long', become: false, becomeUser: 'root' },
      ...{ becomePassword: undefined, root: '', connectTimeout: 10 },
    });
  const secret = (prompt: string) => ({ prompt, echo: false });

  it.each([
    'Password: ',
    '(op@token-1.new.example) Password:',
    'Password for op@code.example: ',
    'Passwort: ',
    'Mot de passe : ',
    'Пароль: ',
  ])('answers %j', async (prompt) => {
    rounds = [[secret(prompt)]];
    isLetIn = ([last]) => last === 'hunter2long';
    expect(await login()).toBe('connected');
  });

  it('answers one prompt only, and others are named', async () => {
    rounds = [[secret('Password: '), { prompt: 'Verification code: ', echo: true }], [secret('Password: ')]];
    expect(await login()).toMatchObject({
      problem: 'authentication',
      message: `127.0.0.1:${port} does not let op in (tried: a password; it also asked for "Verification code:", "Password:")`,
      hint: expect.stringContaining('only one password is given'),
    });
    expect(answers).toEqual([['hunter2long', ''], ['']]);
  });

  it.each([
    { prompt: 'Password: ', echo: true },
    secret('One-time password (OATH) for `op`: '),
    secret('Verification code: '),
    secret('Enter PASSCODE: '),
    secret('Current password: '),
    secret('New password: '),
    secret('(current) UNIX password: '),
    secret(''),
  ])('is not given to $prompt (echo $echo)', async (prompt) => {
    rounds = [[prompt]];
    expect(await login()).toMatchObject({ problem: 'authentication' });
    expect(answers).toEqual([['']]);
  });
});
