import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { ConnectionSettings } from '../model/play.js';

/** How ssh itself would reach a host. */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  readonly knownHostsFiles: readonly string[];
  readonly agent: string | undefined;
  /** Hops before the host, first one first: `[user@]host[:port]`. */
  readonly jumps: readonly string[];
  readonly proxyCommand: string | undefined;
}

/** Resolves a host with `ssh -G`, where there is an ssh: it reads ~/.ssh/config as no other parser does. Settings given win. */
export async function sshTarget(settings: ConnectionSettings): Promise<SshTarget> {
  const args = [
    ...(settings.port === undefined ? [] : ['-p', String(settings.port)]),
    ...(settings.user === undefined ? [] : ['-l', settings.user]),
  ];
  const config = await resolved([...args, '--', settings.address]);
  const one = (key: string) => config.get(key)?.[0];
  const agent = one('identityagent') ?? 'SSH_AUTH_SOCK';
  const jump = one('proxyjump');
  const proxyCommand = one('proxycommand');
  return {
    host: one('hostname') ?? settings.address,
    port: Number(one('port') ?? settings.port ?? 22),
    user: one('user') ?? settings.user ?? process.env.USER ?? 'root',
    identityFiles:
      settings.identityFiles.length > 0
        ? settings.identityFiles
        : (config.get('identityfile') ?? ['~/.ssh/id_ed25519', '~/.ssh/id_rsa']).map(expandHome),
    knownHostsFiles: settings.knownHostsFiles ?? knownHostsOf(config),
    agent: agent === 'none' ? undefined : agent === 'SSH_AUTH_SOCK' ? process.env.SSH_AUTH_SOCK : expandHome(agent),
    jumps: jump === undefined || jump === 'none' ? [] : jump.split(',').map((hop) => hop.trim()),
    proxyCommand: proxyCommand === 'none' ? undefined : proxyCommand,
  };
}

function knownHostsOf(config: ReadonlyMap<string, readonly string[]>): string[] {
  const files = ['userknownhostsfile', 'globalknownhostsfile'].flatMap((key) =>
    (config.get(key) ?? []).flatMap((value) => value.split(/\s+/)),
  );
  return (files.length === 0 ? ['~/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts'] : files)
    .filter((file) => file !== 'none')
    .map(expandHome);
}

const cache = new Map<string, Promise<ReadonlyMap<string, readonly string[]>>>();

function resolved(args: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const key = args.join(' ');
  const known = cache.get(key);
  if (known !== undefined) return known;
  const asked = askSsh(args);
  cache.set(key, asked);
  return asked;
}

async function askSsh(args: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const { failed, stdout } = await execa('ssh', ['-G', ...args], { reject: false, stdin: 'ignore', timeout: 10_000 });
  const config = new Map<string, string[]>();
  if (failed) return config;
  for (const line of stdout.split('\n')) {
    const [, key, value] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    const values = config.get(key) ?? [];
    values.push(value);
    config.set(key, values);
  }
  return config;
}

function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}
