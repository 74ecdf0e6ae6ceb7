import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { ConnectionSettings } from '../../../model/play.js';
import { ConnectionError } from '../../connection.js';
import { askSsh } from './ask-ssh.js';
import { checkLoginNames } from './check-login-names.js';
import { expandPath, type TokenValues } from './ssh-tokens.js';

/** Address and login of a host, as ssh itself would choose them. */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  /** Set where they come from the inventory: they are offered first, and a missing one is an error. */
  readonly identityFilesGiven: boolean;
  readonly identitiesOnly: boolean;
  /** Socket of the agent. */
  readonly agent: string | undefined;
  /** HostKeyAlias: the name of its key in known_hosts, instead of its own. */
  readonly keyAlias: string | undefined;
  readonly knownHostsFiles: readonly string[];
  /** Hops before the host, first one first: `[user@]host[:port]`. */
  readonly jumps: readonly string[];
  readonly proxyCommand: string | undefined;
  /** Name that was looked up, before HostName. */
  readonly name: string;
  /** StrictHostKeyChecking, as `ssh -G` prints it: `ask`, `true`, `accept-new`, or `false`, which is not followed here. */
  readonly strictHostKeyChecking: string | undefined;
  /** RevokedHostKeys: a file of keys that are refused on any host. */
  readonly revokedHostKeys: string | undefined;
  /** Settings that ssh would use and nothing here does, for messages about logins and keys that failed. */
  readonly unused: { readonly login: readonly string[]; readonly hostKey: readonly string[] };
}

/**
 * Resolves a host with `ssh -G`, where there is an ssh: it reads ~/.ssh/config as no other parser does. Settings given win.
 *
 * @throws ConnectionError when ssh cannot read its configuration, or the host or user is none that a shell may see
 */
export async function sshTarget(settings: ConnectionSettings): Promise<SshTarget> {
  checkLoginNames(settings);
  const config = await askSsh(settings);
  const one = (key: string) => config.get(key)?.[0];
  const unlessNone = (value: string | undefined) => (value === 'none' ? undefined : value);
  const identityFilesGiven = settings.identityFiles.length > 0;
  const values: TokenValues = {
    host: one('hostname') ?? settings.address,
    name: settings.address,
    port: settings.port ?? Number(one('port') ?? 22),
    user: settings.user ?? one('user') ?? userInfo().username,
    keyAlias: one('hostkeyalias'),
  };
  checkLoginNames({ address: values.host, user: values.user });
  const path = (text: string) => expandPath(text, values);
  const revoked = unlessNone(one('revokedhostkeys'));
  if (one('proxyusefdpass') === 'yes') {
    const message = `ssh_config has ProxyUseFdpass for ${settings.address}, which is not supported`;
    throw new ConnectionError(
      'unresolved',
      message,
      'use a ProxyCommand that carries the bytes itself, or a ProxyJump',
    );
  }
  return {
    ...values,
    identityFiles: identityFilesGiven
      ? settings.identityFiles
      : (config.get('identityfile') ?? ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'])
          .filter((file) => file !== 'none')
          .map(path),
    identityFilesGiven,
    identitiesOnly: one('identitiesonly') === 'yes',
    agent: agentSocket(path, one('identityagent')),
    knownHostsFiles: settings.knownHostsFiles ?? knownHostsOf(config, path),
    jumps:
      unlessNone(one('proxyjump'))
        ?.split(',')
        .map((hop) => hop.trim()) ?? [],
    proxyCommand: unlessNone(one('proxycommand')),
    strictHostKeyChecking: one('stricthostkeychecking'),
    revokedHostKeys: revoked === undefined ? undefined : path(revoked),
    unused: {
      login: (config.get('certificatefile') ?? []).map((file) => `CertificateFile ${path(file)}`),
      hostKey: unlessNone(one('knownhostscommand')) === undefined ? [] : ['KnownHostsCommand'],
    },
  };
}

/** Reads IdentityAgent: a path, `none`, or the name of a variable. An empty variable is none, and a number no port. */
function agentSocket(path: (text: string) => string, configured = 'SSH_AUTH_SOCK'): string | undefined {
  if (configured === 'none') return undefined;
  const [variable] = /^SSH_AUTH_SOCK$|(?<=^\$\{?)\w+(?=\}?$)/.exec(configured) ?? [];
  const socket = variable === undefined ? path(configured) : (process.env[variable] ?? '');
  return socket === '' ? undefined : resolve(socket);
}

function knownHostsOf(config: ReadonlyMap<string, readonly string[]>, path: (text: string) => string): string[] {
  const files = ['userknownhostsfile', 'globalknownhostsfile'].flatMap((key) =>
    (config.get(key) ?? []).flatMap((value) => value.split(/\s+/)),
  );
  return (files.length === 0 ? ['~/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts'] : files)
    .filter((file) => file !== 'none')
    .map(path);
}
