import { setMaxListeners } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { NodeSSH } from 'node-ssh';
import type { Client, ServerHostKeyAlgorithm } from 'ssh2';
import type { ConnectionSettings } from '../../model/play.js';
import type { SshTarget } from './config/ssh-config.js';
import { HostKeyCheck } from './keys/host-key-check.js';
import { loginMethods } from './keys/login-methods.js';
import { dialError, newDialFailure } from './ssh-errors.js';
import { wholeGreeting } from './whole-greeting.js';

/** Host key algorithms that this side can verify, best first. */
const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

/** Seconds between requests for a sign of life, and how many of them may stay without an answer. */
const keepaliveSeconds = 5;
const missingAllowed = 3;

/** Link of ssh that stands. node-ssh opens it; channels, tunnels and keepalive need the ssh2 client below. */
export interface SshLink {
  readonly client: Client;
  /** Aborted when the link is gone, with the reason. */
  readonly lost: AbortSignal;
  /** Description of the key or password that was accepted. */
  readonly login: string | undefined;
}

/** Link to a host, and its part in the links to the jump hosts on the way. */
export interface SshRoute {
  readonly target: SshTarget;
  readonly link: SshLink;
  /** Number of jump hosts on the way. */
  readonly hops: number;
  /** Releases the jump hosts, once the link has ended. */
  release(): void;
}

/** Dials a host, checks its key, logs in. @throws ConnectionError with what to try */
export async function dial(
  target: SshTarget,
  settings: ConnectionSettings,
  through: () => Duplex | Promise<Duplex> = () => dialTcp(target, settings.connectTimeout),
): Promise<SshLink> {
  const where = `${target.host}:${target.port}`;
  const seconds = settings.connectTimeout;
  const check = new HostKeyCheck(target, settings.acceptNew);
  const { methods, tried, nameOf, unanswered } = await loginMethods(target, settings);
  const failure = { ...newDialFailure({ where, host: target.host, user: target.user, seconds }), tried };
  const known = check.algorithms();
  const algorithms = hostKeyAlgorithms.filter((each) => known.length === 0 || known.includes(each));
  const socket = await Promise.resolve(through()).catch((error: unknown) => {
    throw dialError(error, failure);
  });
  const greeting = wholeGreeting(socket);
  const ssh = new NodeSSH();
  let offered = 0;
  const connected = ssh.connect({
    sock: socket,
    username: target.user,
    readyTimeout: seconds * 1000,
    keepaliveInterval: keepaliveSeconds * 1000,
    // ssh2 counts only answers to its own questions as life; watch() below counts every byte.
    keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    hostVerifier: (key: Buffer) => check.accepts(key),
    authHandler: () => {
      offered += 1;
      return methods[offered - 1] ?? false;
    },
    algorithms: { serverHostKey: algorithms },
  });
  const client = ssh.connection;
  if (client === null) throw new Error('node-ssh made no client');
  const lost = new AbortController();
  setMaxListeners(0, lost.signal); // Each process and each open request listens.
  let banner = '';
  let hasClosed = false;
  client.on('banner', (text) => {
    banner += `${text}\n`;
  });
  // The server's end: one that we give up on is closed later.
  socket.once('end', () => {
    hasClosed = true;
  });
  // Permanent listeners: without one, a reset of the link would end this process.
  client.on('error', (error) => lost.abort(error.message));
  client.on('close', () => lost.abort('it was closed'));
  socket.on('error', (error) => lost.abort(error.message));
  try {
    await connected;
  } catch (error) {
    client.end();
    socket.destroy();
    const isExhausted = offered > methods.length;
    const closed = hasClosed || isReset(error) ? (offered > 0 ? 'at-login' : 'early') : undefined;
    const words = `${greeting()} ${banner}`;
    const known = { ...failure, isExhausted, closed, words, unanswered: unanswered() } as const;
    throw check.refusal ?? check.noSuchKey(error) ?? dialError(error, known);
  }
  check.addAccepted();
  watch(socket, lost);
  const accepted = methods[offered - 1];
  return { client, lost: lost.signal, login: accepted && nameOf(accepted) };
}

/** Tells a connection that stood and that the host has reset. */
function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function dialTcp({ host, port }: SshTarget, seconds: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    // Without noDelay each request would wait some 40 ms for an acknowledgement.
    const socket = connect({ host, port, noDelay: true });
    const timedOut = Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' });
    const late = setTimeout(() => socket.destroy(timedOut), seconds * 1000);
    socket.once('connect', () => {
      clearTimeout(late);
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
  });
}

/** Drops a link on which nothing arrives although answers are requested. */
function watch(socket: Duplex, lost: AbortController): void {
  let missing = 0;
  socket.on('data', () => {
    missing = 0;
  });
  const clock = setInterval(() => {
    missing += 1;
    if (missing <= missingAllowed) return;
    lost.abort(`nothing was received for ${missing * keepaliveSeconds} s`);
    socket.destroy();
  }, keepaliveSeconds * 1000);
  lost.signal.addEventListener('abort', () => clearInterval(clock), { once: true });
}
