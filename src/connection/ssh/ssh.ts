import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientChannel } from 'ssh2';
import type { ConnectionSettings } from '../../model/play.js';
import { ConnectionError } from '../connection.js';
import type { Ending, HostProcess, Transport } from '../process.js';
import type { Link } from './ssh-link.js';
import { type Route, route } from './ssh-route.js';
import { tunnelOver } from './tunnel.js';
import { within } from './within.js';

/** Seconds until a channel must be open: a half-open link never answers. */
const channelSeconds = 10;
/** sshd allows 10 sessions a connection (MaxSessions): one is left free, and one kept for ending what holds the others. */
const mostChannels = 8;

/** A host behind ssh. */
export async function sshTransport(settings: ConnectionSettings): Promise<Transport> {
  return transportOver(await route(settings));
}

function transportOver({ link, hops, target, release }: Route): Transport {
  const where = `${target.host}:${target.port}`;
  const waiting: (() => void)[] = [];
  const whenLost = new Set<() => void>();
  link.lost.addEventListener('abort', () => {
    for (const tell of whenLost) tell();
  });
  let open = 0;
  const leave = () => {
    open -= 1;
    waiting.shift()?.();
  };
  return {
    user: target.user,
    where,
    login: `with ${link.login ?? 'nothing'}${hops === 0 ? '' : ` through ${hops} jump ${hops === 1 ? 'host' : 'hosts'}`}`,
    async start(command, ending = false) {
      while (open >= mostChannels + Number(ending)) {
        await new Promise<void>((resolve) => (ending ? waiting.unshift(resolve) : waiting.push(resolve)));
      }
      open += 1;
      try {
        const process = await patiently(() => startOn(link, where, command, whenLost));
        void process.ended.then(leave);
        return process;
      } catch (error) {
        leave();
        throw error;
      }
    },
    isLost: () => link.lost.aborted,
    dial: (host, port) => openTunnel(link, where, whenLost, host, port),
    async close() {
      await ended(link.client, link.lost);
      release();
    },
  };
}

/** Asks again for a short while where sshd refuses a session: it counts those that have ended for a moment longer than we do. */
async function patiently(start: () => Promise<HostProcess>): Promise<HostProcess> {
  for (let wait = 100; ; wait *= 2) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof ConnectionError) || error.problem !== 'shell' || wait > 800) throw error;
    }
    await sleep(wait);
  }
}

function startOn(
  { client, lost }: Link,
  where: string,
  command: string,
  whenLost: Set<() => void>,
): Promise<HostProcess> {
  const lostError = () => new ConnectionError('lost', `${where}: the link was lost: ${lost.reason}`);
  if (lost.aborted) return Promise.reject(lostError());
  const late = () => new ConnectionError('lost', `${where}: no channel was opened within ${channelSeconds} s`);
  return within<HostProcess>(channelSeconds, late, (resolve, reject) => {
    const tell = () => reject(lostError());
    whenLost.add(tell);
    client.exec(command, (error, channel) => {
      whenLost.delete(tell);
      // At once: how a command that fails straight away has ended may be in the same packet as that it was started.
      if (!error) return resolve(processOn(channel, lost, whenLost));
      const hint = 'see MaxSessions and ForceCommand in its sshd_config';
      reject(
        lost.aborted ? lostError() : new ConnectionError('shell', `${where} opens no channel: ${error.message}`, hint),
      );
    });
  });
}

/** A connection that the host opens to somewhere (RFC 4254, 7.2: direct-tcpip). Doesn't count among the sessions. */
function openTunnel(
  { client, lost }: Link,
  where: string,
  whenLost: Set<() => void>,
  host: string,
  port: number,
): Promise<Duplex> {
  const lostError = () => new ConnectionError('lost', `${where}: the link was lost: ${lost.reason}`);
  if (lost.aborted) return Promise.reject(lostError());
  // The link may well be whole: what does not answer is behind it.
  const late = () => new Error(`${where} did not reach ${host}:${port} within ${channelSeconds} s`);
  return within<Duplex>(channelSeconds, late, (resolve, reject) => {
    const tell = () => reject(lostError());
    whenLost.add(tell);
    client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
      whenLost.delete(tell);
      if (!error) return resolve(tunnelOver(channel));
      reject(lost.aborted ? lostError() : tunnelError(error, where));
    });
  });
}

function tunnelError(error: Error, where: string): Error {
  if (/refused/i.test(error.message)) return Object.assign(new Error(error.message), { code: 'ECONNREFUSED' });
  if (!/prohibited/i.test(error.message)) return new Error(`from ${where}: ${error.message}`);
  return new Error(`${where} opens no connections for others (AllowTcpForwarding in its sshd_config)`);
}

function processOn(channel: ClientChannel, lost: AbortSignal, whenLost: Set<() => void>): HostProcess {
  const ended = new Promise<Ending>((resolve) => {
    let ending: Ending = { status: undefined, signal: undefined };
    channel.on('exit', (status: number | null, signal?: string) => {
      ending = { status: status ?? undefined, signal };
    });
    const end = () => {
      whenLost.delete(end);
      // Neither a status nor a signal: the link is gone, whatever it looks like.
      resolve(lost.aborted ? { ...ending, reason: String(lost.reason) } : ending);
    };
    whenLost.add(end);
    channel.on('close', end);
  });
  return { stdin: channel, stdout: channel, stderr: channel.stderr, ended, kill: () => channel.close() };
}

function ended(client: Client, lost: AbortSignal): Promise<void> {
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
