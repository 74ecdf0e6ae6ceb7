import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { readPlain } from './storage/plain-file.js';

/** Files of a certificate (chain) and its key, in PEM. */
export interface ServerTlsFiles {
  readonly cert: string;
  readonly key: string;
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
  const server = createServer({ ...options, ...used }, answer);
  let refused = '';
  const look = async () => {
    try {
      const found = await read(files);
      if (found.cert.equals(used.cert) && found.key.equals(used.key)) return;
      createSecureContext(found); // Throws where they are none, or not a pair.
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

async function read({ cert, key }: ServerTlsFiles): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  return { cert: await readPem(cert), key: await readPem(key) };
}

/** Most bytes of a file with a certificate or key. */
const largestPem = 1024 * 1024;

/** Links are followed: a renewed certificate is often one. */
async function readPem(path: string): Promise<Buffer> {
  const bytes = await readPlain(path, largestPem, 'follow');
  if (bytes === undefined) throw new Error(`${path} is not there, or no file of at most ${largestPem} bytes`);
  return bytes;
}
