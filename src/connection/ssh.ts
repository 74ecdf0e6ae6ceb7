import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { NodeSSH } from 'node-ssh';
import ssh2, { type AuthMethod, type Client, type ClientChannel, type ServerHostKeyAlgorithm } from 'ssh2';
import type { ConnectionSettings } from '../model/play.js';
import { ConnectionError } from './connection.js';
import { HostKeyCheck } from './host-key-check.js';
import type { Ending, HostProcess, Transport } from './process.js';
import { type SshTarget, sshTarget } from './ssh-config.js';

/** Seconds until a channel must be open: a half-open link never answers. */
const channelSeconds = 10;
/** sshd allows 10 sessions a connection (MaxSessions); two are left free. */
const mostChannels = 8;

/** What this side can verify, best first. */
const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

/** A link of ssh to a host, through its jump hosts; node-ssh makes it, its ssh2 client is what is used. */
export async function sshTransport(name: string, settings: ConnectionSettings): Promise<Transport> {
  const target = await sshTarget(settings);
  if (target.proxyCommand !== undefined) {
    throw new ConnectionError('unresolved', `${name}: ProxyCommand in ssh_config is not supported`, 'use ProxyJump');
  }
  const hops: Link[] = [];
  try {
    for (const jump of target.jumps) {
      const hop = await sshTarget(jumpSettings(jump, settings));
      hops.push(await dial(hop, settings, await throughHop(hops.at(-1), hop)));
    }
    const link = await dial(target, settings, await throughHop(hops.at(-1), target));
    return transportOver(link, hops, target);
  } catch (error) {
    for (const hop of hops) hop.client.end();
    throw error;
  }
}

interface Link {
  readonly client: Client;
  /** Why the link is gone, once it is. */
  lostBecause: string | undefined;
}

function jumpSettings(jump: string, settings: ConnectionSettings): ConnectionSettings {
  const [, user, host = jump, port] = /^(?:(.*)@)?([^@]*?)(?::(\d+))?$/.exec(jump.replace(/^ssh:\/\//, '')) ?? [];
  return { ...settings, address: host, user, port: port === undefined ? undefined : Number(port) };
}

async function throughHop(hop: Link | undefined, target: SshTarget): Promise<Duplex | undefined> {
  if (hop === undefined) return undefined;
  return within(channelSeconds, `no way from the jump host to ${target.host}:${target.port}`, (resolve, reject) => {
    hop.client.forwardOut('127.0.0.1', 0, target.host, target.port, (error, stream) => {
      if (error)
        reject(
          new ConnectionError('refused', `the jump host cannot reach ${target.host}:${target.port}: ${error.message}`),
        );
      else resolve(stream);
    });
  });
}

async function dial(target: SshTarget, settings: ConnectionSettings, sock: Duplex | undefined): Promise<Link> {
  const check = new HostKeyCheck(target, settings.acceptNew);
  const { methods, skipped } = await authMethods(target, settings);
  const ssh = new NodeSSH();
  const known = check.algorithms();
  const algorithms = known === undefined ? undefined : hostKeyAlgorithms.filter((each) => known.includes(each));
  const connected = ssh.connect({
    host: target.host,
    port: target.port,
    username: target.user,
    readyTimeout: settings.connectTimeout * 1000,
    keepaliveInterval: 5000,
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer) => check.accepts(key),
    authHandler: methods,
    ...(algorithms === undefined ? {} : { algorithms: { serverHostKey: [...algorithms] } }),
    ...(sock === undefined ? {} : { sock }),
  });
  const client = ssh.connection;
  if (client === null) throw new Error('node-ssh made no client');
  const link: Link = { client, lostBecause: undefined };
  // Without a listener that stays, a reset of the link would end this process.
  client.on('error', (error) => {
    link.lostBecause ??= error.message;
  });
  client.on('close', () => {
    link.lostBecause ??= 'it was closed';
  });
  try {
    await connected;
  } catch (error) {
    client.end();
    throw check.refusal ?? dialError(error, target, skipped, settings.connectTimeout);
  }
  check.fileAccepted();
  client.setNoDelay(true);
  return link;
}

/** Keys given or found, then the agent, then a password; a key that cannot be read is left out and told of. */
async function authMethods(
  target: SshTarget,
  settings: ConnectionSettings,
): Promise<{ methods: AuthMethod[]; skipped: string[] }> {
  const username = target.user;
  const methods: AuthMethod[] = [];
  const skipped: string[] = [];
  for (const file of target.identityFiles) {
    const text = await readFile(file).catch((error: NodeJS.ErrnoException) => error);
    if (text instanceof Error) {
      if (text.code !== 'ENOENT' || settings.identityFiles.includes(file))
        skipped.push(`${file}: ${text.message.replace(/,.*/, '')}`);
      continue;
    }
    const parsed = ssh2.utils.parseKey(text);
    if (parsed instanceof Error)
      skipped.push(
        `${file}: ${/encrypted/i.test(parsed.message) ? 'needs a passphrase; load it into ssh-agent' : parsed.message}`,
      );
    else methods.push({ type: 'publickey', username, key: text } as AuthMethod);
  }
  if (target.agent !== undefined) methods.push({ type: 'agent', username, agent: target.agent } as AuthMethod);
  if (settings.password !== undefined)
    methods.push({ type: 'password', username, password: settings.password } as AuthMethod);
  return { methods: methods.length > 0 ? methods : [{ type: 'none', username } as AuthMethod], skipped };
}

function dialError(error: unknown, target: SshTarget, skipped: readonly string[], seconds: number): ConnectionError {
  const message = error instanceof Error ? error.message : String(error);
  const where = `${target.host}:${target.port}`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (/All configured authentication methods failed/.test(message)) {
    const why = skipped.length === 0 ? '' : ` (${skipped.join('; ')})`;
    return new ConnectionError(
      'authentication',
      `${where} does not let ${target.user} in${why}`,
      'check user and identity_file, or load the key into ssh-agent',
    );
  }
  if (/Timed out/i.test(message)) return new ConnectionError('timeout', `${where} did not answer within ${seconds} s`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new ConnectionError('unresolved', `the name ${target.host} is not known`, 'check the host variable `host`');
  if (code === 'ECONNREFUSED')
    return new ConnectionError('refused', `${where} refused the connection`, 'is sshd running there, on this port?');
  return new ConnectionError('refused', `${where}: ${message}`);
}

function transportOver(link: Link, hops: readonly Link[], target: SshTarget): Transport {
  const where = `${target.host}:${target.port}`;
  const channels = new Set<ClientChannel>();
  const waiting: (() => void)[] = [];
  const lost = () => new ConnectionError('lost', `${where}: the link was lost: ${link.lostBecause ?? 'no word why'}`);

  const start = async (command: string): Promise<HostProcess> => {
    while (channels.size >= mostChannels) await new Promise<void>((resolve) => waiting.push(resolve));
    if (link.lostBecause !== undefined) throw lost();
    const channel = await within<ClientChannel>(channelSeconds, `${where}: no channel`, (resolve, reject) => {
      link.client.exec(command, (error, opened) => {
        if (error)
          reject(link.lostBecause === undefined ? new ConnectionError('shell', `${where}: ${error.message}`) : lost());
        else resolve(opened);
      });
    });
    channels.add(channel);
    const ended = new Promise<Ending>((resolve) => {
      let ending: Ending = { status: undefined, signal: undefined };
      channel.on('exit', (status: number | null, signal?: string) => {
        ending = { status: status ?? undefined, signal };
      });
      channel.on('close', () => {
        channels.delete(channel);
        waiting.shift()?.();
        resolve(ending);
      });
    });
    return { stdin: channel, stdout: channel, stderr: channel.stderr, ended, kill: () => channel.close() };
  };

  return {
    user: target.user,
    where,
    start,
    async close() {
      const closed = new Promise<void>((resolve) => {
        if (link.lostBecause !== undefined) resolve();
        else link.client.once('close', () => resolve());
        setTimeout(resolve, 1000).unref();
      });
      link.client.end();
      await closed;
      for (const hop of hops) hop.client.end();
    },
  };
}

function within<Value>(
  seconds: number,
  what: string,
  start: (resolve: (value: Value) => void, reject: (error: Error) => void) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const clock = setTimeout(
      () => reject(new ConnectionError('timeout', `${what} within ${seconds} s`)),
      seconds * 1000,
    );
    start(
      (value) => {
        clearTimeout(clock);
        resolve(value);
      },
      (error) => {
        clearTimeout(clock);
        reject(error);
      },
    );
  });
}
