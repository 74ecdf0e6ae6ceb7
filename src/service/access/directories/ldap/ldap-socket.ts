import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LdapServer } from './ldap-options.js';

/** Authorities and time of a connection. */
export interface LdapSocketOptions {
  /** Authorities, PEM; undefined: those that Node knows. */
  readonly ca: string | undefined;
  /** Milliseconds for all of it. */
  readonly timeout: number;
}

/** Connects to a server, and has it show its certificate. @throws Error where it can't, or not in time */
export async function openLdapSocket(
  { host, port, tls }: LdapServer,
  { ca, timeout }: LdapSocketOptions,
): Promise<Socket> {
  const plain = connect({ host, port });
  plain.setNoDelay(true);
  const timer = setTimeout(() => plain.destroy(new Error(`no answer within ${timeout / 1000} s`)), timeout);
  try {
    await once(plain, 'connect');
    if (tls === 'none') return plain;
    if (tls === 'starttls') await startTls(plain);
    const secure = connectTls({
      socket: plain,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca }),
    });
    // The time-out ends the socket below it, which tells the upper one nothing of why.
    plain.once('error', (error) => secure.destroy(error));
    await once(secure, 'secureConnect');
    return secure;
  } catch (error) {
    plain.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Request to begin TLS (RFC 4511, 4.14), as the first message of a connection. */
const request = Buffer.concat([
  Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16]),
  Buffer.from('1.3.6.1.4.1.1466.20037'),
]);
/** Bytes that an answer has at most. */
const longestAnswer = 1024;

/**
 * Asks for TLS. The answer is read byte for byte: more than it would be of somebody in between, and must not count as if
 * it had come protected.
 */
async function startTls(socket: Socket): Promise<void> {
  socket.write(request);
  let answer = Buffer.alloc(0);
  while (answer.length < 2 || answer.length < messageLength(answer)) {
    const chunk: unknown = socket.read() ?? (await readable(socket));
    if (Buffer.isBuffer(chunk)) answer = Buffer.concat([answer, chunk]);
    if (answer.length > longestAnswer) throw new Error('the answer to StartTLS is too long');
  }
  if (answer.length > messageLength(answer)) throw new Error('there is more than the answer to StartTLS');
  const code = resultCode(answer);
  if (code !== 0) throw new Error(`the server refuses StartTLS (result ${code ?? 'unreadable'})`);
}

async function readable(socket: Socket): Promise<undefined> {
  const over = new AbortController();
  try {
    await Promise.race([
      once(socket, 'readable', { signal: over.signal }),
      once(socket, 'end', { signal: over.signal }).then(() => {
        throw new Error('the server closed the connection');
      }),
    ]);
  } finally {
    over.abort();
  }
}

/** Returns the length of a message in BER, its head included. The forms of up to two bytes of length are all that it needs. */
function messageLength(bytes: Buffer): number {
  const first = bytes[1] ?? 0;
  if (first < 0x80) return first + 2;
  if (first === 0x81) return bytes.length < 3 ? longestAnswer : (bytes[2] ?? 0) + 3;
  if (first === 0x82) return bytes.length < 4 ? longestAnswer : bytes.readUInt16BE(2) + 4;
  throw new Error('the answer to StartTLS cannot be read');
}

/** Returns the result of an extended response to message 1; undefined: it is something else. */
function resultCode(bytes: Buffer): number | undefined {
  const text = bytes.toString('hex');
  // A sequence, message 1, an extended response (tag 24), whose first part is the result.
  const found = /^30(?:[0-7].|81..|82....)02010178(?:[0-7].|81..|82....)0a01(..)/.exec(text)?.[1];
  return found === undefined ? undefined : Number.parseInt(found, 16);
}
