import { chmodSync, closeSync, constants, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';

/** Bytes of a socket's path that every system takes (unix(7): 92 to 108). Node cuts longer ones off. */
const longestPath = 90;

/** Way in for the tools of a server's own machine: they need neither a certificate nor an account, but its key. */
export interface AdminSocket {
  close(): Promise<void>;
}

/** Opens a socket that this user alone may connect to. @throws Error of the system, as of a file system without sockets */
export async function openAdminSocket(
  path: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<AdminSocket> {
  const place = openSocketPlace(path);
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 60_000 }, answer);
  const close = async () => {
    const over = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await over;
    place.release();
    await rm(path, { force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(place.path, resolve);
      chmodSync(path, 0o600); // It is there by now, and nobody was let in yet.
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

/** Path by which a socket is opened or reached, until it is released. */
export interface SocketPlace {
  readonly path: string;
  release(): void;
}

/** Finds a path that is short enough: by its open folder where it has to be. */
export function openSocketPlace(path: string): SocketPlace {
  if (Buffer.byteLength(path) <= longestPath) return { path, release: () => {} };
  const folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: `/proc/self/fd/${folder}/${basename(path)}`, release: () => closeSync(folder) };
}
