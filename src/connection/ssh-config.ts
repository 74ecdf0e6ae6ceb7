import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { ConnectionSettings } from '../model/play.js';
import { ConnectionError } from './connection.js';

/** How ssh itself would reach a host. */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  /** They come from the inventory: to be offered first, and an error when they are not there. */
  readonly identityFilesGiven: boolean;
  readonly identitiesOnly: boolean;
  /** The agent's socket. */
  readonly agent: string | undefined;
  /** HostKeyAlias: the name under which its key is on file, instead of its own. */
  readonly keyAlias: string | undefined;
  readonly knownHostsFiles: readonly string[];
  /** Hops before the host, first one first: `[user@]host[:port]`. */
  readonly jumps: readonly string[];
  readonly proxyCommand: string | undefined;
}

/**
 * Resolves a host with `ssh -G`, where there is an ssh: it reads ~/.ssh/config as no other parser does. Settings given win.
 *
 * @throws ConnectionError when ssh cannot read its configuration
 */
export async function sshTarget(settings: ConnectionSettings): Promise<SshTarget> {
  const args = [
    ...(settings.port === undefined ? [] : ['-p', String(settings.port)]),
    ...(settings.user === undefined ? [] : ['-l', settings.user]),
  ];
  const config = await resolved([...args, '--', settings.address]);
  const one = (key: string) => config.get(key)?.[0];
  const unlessNone = (value: string | undefined) => (value === 'none' ? undefined : value);
  const identityFilesGiven = settings.identityFiles.length > 0;
  return {
    host: one('hostname') ?? settings.address,
    port: settings.port ?? Number(one('port') ?? 22),
    user: settings.user ?? one('user') ?? userInfo().username,
    identityFiles: identityFilesGiven
      ? settings.identityFiles
      : (config.get('identityfile') ?? ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa']).map(expandHome),
    identityFilesGiven,
    identitiesOnly: one('identitiesonly') === 'yes',
    agent: agentSocket(one('identityagent')),
    keyAlias: one('hostkeyalias'),
    knownHostsFiles: settings.knownHostsFiles ?? knownHostsOf(config),
    jumps:
      unlessNone(one('proxyjump'))
        ?.split(',')
        .map((hop) => hop.trim()) ?? [],
    proxyCommand: unlessNone(one('proxycommand')),
  };
}

/** IdentityAgent: a path, `none`, or the name of a variable. */
function agentSocket(configured = 'SSH_AUTH_SOCK'): string | undefined {
  if (configured === 'none') return undefined;
  if (configured === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK;
  return configured.startsWith('$') ? process.env[configured.slice(1)] : expandHome(configured);
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
  const key = args.join('\0');
  const asked = cache.get(key) ?? askSsh(args);
  cache.set(key, asked);
  return asked;
}

async function askSsh(args: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const result = await execa('ssh', ['-G', ...args], { reject: false, stdin: 'ignore', timeout: 10_000 });
  const config = new Map<string, string[]>();
  if (result.code === 'ENOENT') return config;
  if (result.failed) {
    const said = result.stderr.trim() || result.shortMessage;
    throw new ConnectionError('unresolved', `ssh cannot tell how to reach ${args.at(-1)}: ${said}`);
  }
  for (const line of result.stdout.split('\n')) {
    const [, key, value] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) config.set(key, [...(config.get(key) ?? []), value]);
  }
  return config;
}

function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}
