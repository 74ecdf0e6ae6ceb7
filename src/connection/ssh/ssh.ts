import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { ConnectionSettings } from '../../model/play.js';
import { count } from '../../text/count.js';
import { ConnectionError } from '../connection.js';
import type { HostProcess, ProcessExit, Transport } from '../process.js';
import { withDeadline } from '../with-deadline.js';
import { ChannelPool } from './channel-pool.js';
import type { SshLink, SshRoute } from './ssh-link.js';
import { openRoute } from './ssh-route.js';
import { tunnelOver } from './tunnel.js';

/** Seconds in which a channel must open: a half-open link never answers. */
const channelSeconds = 10;
/** Most channels: sshd allows 10 sessions a connection (MaxSessions). One is left free, and one kept for ending others. */
const mostChannels = 8;

/** Connects to a host over ssh. */
export async function sshTransport(settings: ConnectionSettings): Promise<Transport> {
  return transportOver(await openRoute(settings), () => openRoute(settings));
}

function transportOver(first: SshRoute, openAnother: () => Promise<SshRoute>): Transport {
  const { link, hops, target } = first;
  const where = `${target.host}:${target.port}`;
  const channels = new ChannelPool(first, openAnother, ({ link: on }, command) => startOn(on, where, command));
  const waiting: (() => void)[] = [];
  let open = 0;
  const leave = () => {
    open -= 1;
    waiting.shift()?.();
  };
  return {
    user: target.user,
    where,
    login: `with ${link.login ?? 'nothing'}${hops === 0 ? '' : ` through ${count(hops, 'jump host')}`}`,
    async start(command, ending = false) {
      while (open >= mostChannels + Number(ending)) {
        await new Promise<void>((resolve) => (ending ? waiting.unshift(resolve) : waiting.push(resolve)));
      }
      open += 1;
      try {
        const process = await channels.start(command);
        void process.ended.then(leave);
        return process;
      } catch (error) {
        leave();
        throw error;
      }
    },
    isLost: () => link.lost.aborted,
    dial: (host, port) => openTunnel(link, where, host, port),
    async close() {
      await Promise.all(
        channels.routes().map(async (route) => {
          await endClient(route.link.client, route.link.lost);
          route.release();
        }),
      );
    },
  };
}

function startOn(link: SshLink, where: string, command: string): Promise<HostProcess> {
  const late = () => new ConnectionError('lost', `${where}: no channel was opened within ${channelSeconds} s`);
  return onLink<HostProcess>(link, where, late, (resolve, reject) => {
    link.client.exec(command, (error, channel) => {
      // At once: the exit of a command that fails immediately may be in the same packet as its start.
      if (!error) return resolve(processOn(channel, link.lost));
      const hint = 'see MaxSessions and ForceCommand in its sshd_config';
      reject(new ConnectionError('shell', `${where} opens no channel: ${error.message}`, hint));
    });
  });
}

/** Opens a connection from the host (RFC 4254, 7.2: direct-tcpip), which doesn't count among the sessions. */
function openTunnel(link: SshLink, where: string, host: string, port: number): Promise<Duplex> {
  // The link may well stand: it is the other end behind it that does not answer.
  const late = () => new Error(`${where} did not reach ${host}:${port} within ${channelSeconds} s`);
  return onLink<Duplex>(link, where, late, (resolve, reject) => {
    link.client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
      if (error) reject(tunnelError(error, where));
      else resolve(tunnelOver(channel));
    });
  });
}

/** Asks something of a link, until the deadline or until the link is lost. @throws ConnectionError when it is lost */
function onLink<Value>(
  { lost }: SshLink,
  where: string,
  late: () => Error,
  ask: (resolve: (value: Value) => void, reject: (error: Error) => void) => void,
): Promise<Value> {
  const lostError = () => new ConnectionError('lost', `${where}: the link was lost: ${lost.reason}`);
  if (lost.aborted) return Promise.reject(lostError());
  const done = new AbortController();
  return withDeadline<Value>(channelSeconds, late, (resolve, reject) => {
    lost.addEventListener('abort', () => reject(lostError()), { once: true, signal: done.signal });
    ask(resolve, (error) => reject(lost.aborted ? lostError() : error));
  }).finally(() => done.abort());
}

/** Reason of a channel that sshd does not open because it may not (RFC 4254, 5.1). */
const prohibited = 1;

function tunnelError(error: Error, where: string): Error {
  // sshd's own words: the reason of all failed connections is the same.
  if (/refused/i.test(error.message)) return Object.assign(new Error(error.message), { code: 'ECONNREFUSED' });
  if (!('reason' in error && error.reason === prohibited)) return new Error(`from ${where}: ${error.message}`);
  return new Error(`${where} opens no connections for others (AllowTcpForwarding in its sshd_config)`);
}

function processOn(channel: ClientChannel, lost: AbortSignal): HostProcess {
  const ended = new Promise<ProcessExit>((resolve) => {
    let exit: ProcessExit = { status: undefined, signal: undefined };
    channel.on('exit', (status: number | null, signal?: string) => {
      exit = { status: status ?? undefined, signal };
    });
    const end = () => {
      lost.removeEventListener('abort', end);
      // Neither a status nor a signal: the link is gone, although the channel closes as usual.
      resolve(lost.aborted ? { ...exit, reason: String(lost.reason) } : exit);
    };
    lost.addEventListener('abort', end, { once: true });
    channel.on('close', end);
  });
  return { stdin: channel, stdout: channel, stderr: channel.stderr, ended, kill: () => channel.close() };
}

function endClient(client: Client, lost: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (lost.aborted) return resolve();
    const late = setTimeout(() => {
      client.destroy();
      resolve();
    }, 1000);
    client.once('close', () => {
      clearTimeout(late);
      resolve();
    });
    client.end();
  });
}
