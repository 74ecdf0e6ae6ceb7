import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** Many hosts on this machine: each an sshd at an address of its own, with its own lock, records and folder. */
export interface LoopbackHosts {
  readonly names: readonly string[];
  readonly port: number;
  /** A folder that is empty on each host to begin with, and each host's own. */
  readonly ground: string;
  /** For files of whoever uses them; removed at the end. */
  readonly folder: string;
  readonly clientKey: string;
  /** Has the keys of all hosts, whatever port they are reached at. */
  readonly knownHosts: string;
  addressOf(name: string): string;
  stop(): Promise<void>;
}

const sshd = '/usr/sbin/sshd';
/** What a run writes outside of what it is told to make. */
const own = ['/run/provision', '/var/lib/provision'];
/** What start-up files somebody has there is not the hosts' business. */
const home = userInfo().homedir;

/** Why this machine can't have such hosts; undefined when it can. */
export function loopbackHostsNeed(): string | undefined {
  if (process.getuid?.() !== 0) return 'root, to give each host a mount namespace';
  return [sshd, '/usr/bin/unshare'].find((program) => !existsSync(program));
}

/** Starts them. They share this machine's files but for the folders named above, which are each host's own, as is an empty home. */
export async function startLoopbackHosts(count: number, port = 2322): Promise<LoopbackHosts> {
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const made = own.filter((path) => !existsSync(path));
  for (const path of own) await mkdir(path, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(tmpdir(), 'provision-hosts-'));
  const at = (name: string) => join(folder, name);
  await mkdir(at('ground'));
  for (const key of ['host_key', 'client_key'])
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at(key)]);
  const hostKey = (await readFile(at('host_key.pub'), 'utf8')).trim();
  await writeFile(at('authorized_keys'), await readFile(at('client_key.pub')));
  await writeFile(at('known_hosts'), `127.*,[127.*]:* ${hostKey}\n`);
  const names = Array.from({ length: count }, (_, index) => `host${String(index + 1).padStart(3, '0')}`);
  const addressOf = (name: string) => {
    const number = names.indexOf(name) + 1;
    return `127.1.${Math.floor(number / 250)}.${(number % 250) + 1}`;
  };
  const servers = await Promise.all(names.map((name) => start(folder, addressOf(name), port)));
  return {
    names,
    port,
    ground: at('ground'),
    folder,
    clientKey: at('client_key'),
    knownHosts: at('known_hosts'),
    addressOf,
    async stop() {
      for (const { server } of servers) server.kill();
      await Promise.all(servers.map(({ server }) => server));
      for (const path of made) await rmdir(path).catch(() => {}); // Somebody else's run has written there meanwhile.
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(folder: string, address: string, port: number) {
  const config = join(folder, `sshd_config_${address}`);
  const lines = [
    `ListenAddress ${address}:${port}`,
    `HostKey ${join(folder, 'host_key')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin yes',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const mounts = [home, ...own, join(folder, 'ground')].map((path) => `mount -t tmpfs -o mode=0755 tmpfs ${path}`);
  const script = `${mounts.join(' && ')} && exec ${sshd} -D -e -f ${config}`;
  const server = execa('unshare', ['--mount', 'sh', '-c', script], { reject: false, stdin: 'ignore' });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    server.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
      if (said.includes('Server listening')) resolve();
    });
    void server.then(() => reject(new Error(`sshd at ${address} did not start: ${said}`)));
  });
  return { server };
}
