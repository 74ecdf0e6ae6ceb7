import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import type { ConnectionSettings } from '../../../src/model/play.js';

/** A real sshd on loopback that lets the current user in. */
export interface Sshd {
  readonly port: number;
  /** For files of the test; removed with the server. */
  readonly folder: string;
  /** `type base64` of its host key. */
  readonly hostKey: string;
  /** How to reach it, with its key in known_hosts. */
  settings(overrides?: Partial<ConnectionSettings>): ConnectionSettings;
  stop(): Promise<void>;
}

const program = '/usr/sbin/sshd';

/** The folders of root's run lock and journal, and of what is remembered of a host. */
const ownFolders = ['/run/provision', '/var/lib/provision'];

/** True where each sshd has a run lock of its own, as another host has; else all share this machine's. Only root can do that. */
export const sshdHasOwnRunLock =
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0;

/** Starts a server with keys and a configuration of its own; lines are added to its sshd_config. */
export async function startSshd(...lines: readonly string[]): Promise<Sshd> {
  if (!existsSync(program)) throw new Error(`these tests need ${program}: apt-get install openssh-server`);
  // A root sshd wants this folder, which is made at boot only.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const folder = await mkdtemp(join(tmpdir(), 'provision-sshd-'));
  const at = (name: string) => join(folder, name);
  for (const key of ['host_key', 'client_key']) {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at(key)]);
  }
  await writeFile(at('authorized_keys'), await readFile(at('client_key.pub')));
  const hostKey = (await readFile(at('host_key.pub'), 'utf8')).trim();
  const port = await freePort();
  await writeFile(at('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
  const own = new Set(lines.map(keywordOf)); // sshd takes the first value of a keyword.
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${at('host_key')}`,
    `AuthorizedKeysFile ${at('authorized_keys')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'MaxStartups 100',
  ].filter((line) => !own.has(keywordOf(line)));
  await writeFile(at('sshd_config'), `${[...config, ...lines].join('\n')}\n`);
  await chmod(folder, 0o755);
  const serve = [program, '-D', '-e', '-f', at('sshd_config')];
  if (sshdHasOwnRunLock) for (const path of ownFolders) await mkdir(path, { recursive: true, mode: 0o700 });
  // What root has in ~/.bashrc may take a second for each login.
  const plain = '[ ! -f ~/.bashrc ] || mount --bind /dev/null ~/.bashrc';
  const mounts = ownFolders.map((path) => `mount -t tmpfs -o mode=0700 tmpfs ${path}`).join(' && ');
  const apart = `{ ${plain}; } && ${mounts} && exec "$@"`;
  const [command = program, ...args] = sshdHasOwnRunLock
    ? ['unshare', '--mount', 'sh', '-c', apart, 'sh', ...serve]
    : serve;
  const server = execa(command, args, { reject: false, stdin: 'ignore' });
  await listening(server.stderr, server);
  return {
    port,
    folder,
    hostKey,
    settings: (overrides = {}) => ({
      connection: 'ssh',
      address: '127.0.0.1',
      port,
      user: userInfo().username,
      identityFiles: [at('client_key')],
      knownHostsFiles: [at('known_hosts')],
      password: undefined,
      become: false,
      becomeUser: 'root',
      becomePassword: undefined,
      root: '',
      acceptNew: false,
      connectTimeout: 10,
      ...overrides,
    }),
    async stop() {
      server.kill();
      await server;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function keywordOf(line: string): string {
  return line.split(' ', 1)[0] ?? '';
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address === null || typeof address === 'string' ? reject(new Error('no port')) : resolve(address.port),
      );
    });
  });
}

function listening(stderr: Readable, ended: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    stderr.on('data', (chunk: Buffer) => {
      said += chunk;
      if (said.includes('Server listening')) resolve();
    });
    void ended.then(() => reject(new Error(`sshd did not start: ${said}`)));
  });
}
