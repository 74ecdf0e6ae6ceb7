import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

const known = new WeakMap<TLSSocket, string | undefined>();

/** Returns the name (CN) in the certificate by which a client proved who it is; undefined where it didn't. */
export function certificateName({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  if (!known.has(socket)) known.set(socket, nameOf(socket));
  return known.get(socket);
}

function nameOf(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  const name: unknown = subject?.CN; // A list, where there are several.
  return typeof name === 'string' && /^[^:\p{Cc}]+$/u.test(name) ? name : undefined;
}
