import { X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { readPlain } from './storage/plain-file.js';

/** Files of a certificate (chain) and its key, in PEM, and what clients prove themselves by. */
export interface ServerTlsFiles {
  readonly cert: string;
  readonly key: string;
  /** File of the authorities that sign certificates of clients, PEM. Default: clients need none. */
  readonly clientCa?: string | undefined;
  /** With `require` (default) nobody connects without a certificate of them, with `optional` it is one way to log in. */
  readonly clientAuth?: 'require' | 'optional' | undefined;
}

/** Milliseconds between two looks at the files. */
const lookAgain = 2000;

/**
 * Makes a server that speaks TLS. Replaced files are used for new connections: a certificate is renewed without a
 * restart. While they don't fit each other or can't be read, `complain` is called and the old ones stay.
 */
export async function tlsServer(
  files: ServerTlsFiles,
  options: ServerOptions,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  complain: (message: string) => void,
): Promise<Server> {
  const { createServer } = await import('node:https');
  let used = await read(files);
  requireAuthorities(used.ca);
  const asks = files.clientCa !== undefined;
  const clients = asks ? { requestCert: true, rejectUnauthorized: files.clientAuth !== 'optional' } : {};
  requirePair(files, used);
  const server = createServer({ ...options, ...used, ...clients }, answer);
  let refused = '';
  const look = async () => {
    try {
      const found = await read(files);
      if (isDeepStrictEqual(found, used)) return;
      requirePair(files, found);
      requireAuthorities(found.ca);
      server.setSecureContext(found);
      used = found;
      refused = '';
    } catch (error) {
      if (String(error) !== refused) complain(`the certificate stays as it was: ${String(error)}`);
      refused = String(error);
    }
  };
  const timer = setInterval(() => void look(), lookAgain).unref();
  server.once('close', () => clearInterval(timer));
  return server;
}

interface TlsBytes {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
}

async function read({ cert, key, clientCa }: ServerTlsFiles): Promise<TlsBytes> {
  const pair = { cert: await readPem(cert), key: await readPem(key) };
  return clientCa === undefined ? pair : { ...pair, ca: await readPem(clientCa) };
}

/** @throws Error that names the files where they are no certificate and its key: OpenSSL names none */
function requirePair({ cert, key }: ServerTlsFiles, found: TlsBytes): void {
  try {
    createSecureContext(found);
  } catch (error) {
    throw new Error(`${cert} and ${key} are no certificate and its key: ${String(error)}`, { cause: error });
  }
}

/** @throws Error for a file in which there is no certificate: OpenSSL takes it, and trusts nobody */
function requireAuthorities(ca: Buffer | undefined): void {
  if (ca === undefined) return;
  try {
    new X509Certificate(ca);
  } catch (error) {
    throw new Error('the file of authorities of clients has no certificate in PEM', { cause: error });
  }
}

/** Most bytes of a file with a certificate or key. */
const largestPem = 1024 * 1024;

/** Links are followed: a renewed certificate is often one. */
async function readPem(path: string): Promise<Buffer> {
  const bytes = await readPlain(path, largestPem, 'follow');
  if (bytes === undefined) throw new Error(`${path} is not there, or no file of at most ${largestPem} bytes`);
  return bytes;
}
