import type { ConnectionSettings } from '../model/play.js';
import { type Connection, ConnectionError } from './connection.js';
import { hostConnection } from './shell/host-connection.js';

/** Options of {@link openConnection}. */
export interface OpenConnectionOptions {
  /** Closes the connection when it is aborted: all that runs on the host is ended. */
  readonly signal?: AbortSignal;
  readonly verbose?: (line: string) => void;
}

/** Seconds for login and start-up files beside the time to connect. */
const shellSeconds = 20;

/**
 * Connects to a host as its settings say. Shells are opened by the first request of each user.
 *
 * @throws ConnectionError naming the problem and what to try: an unknown host key, a refused login, no answer
 */
export async function openConnection(
  name: string,
  settings: ConnectionSettings,
  { signal, verbose }: OpenConnectionOptions = {},
): Promise<Connection> {
  const interrupted = () => new ConnectionError('lost', `${name}: interrupted before it was connected`);
  if (signal?.aborted) throw interrupted();
  const started = performance.now();
  const transport = await (settings.connection === 'local'
    ? import('./local.js').then(({ localTransport }) => localTransport())
    : import('./ssh/ssh.js').then(({ sshTransport }) => sshTransport(settings)));
  verbose?.(`connected to ${transport.where} as ${transport.user} in ${Math.round(performance.now() - started)} ms`);
  const connection = hostConnection(transport, {
    becomePassword: settings.becomePassword,
    shellDeadline: settings.connectTimeout + shellSeconds,
    ...(signal && { signal }),
  });
  if (signal?.aborted) {
    await connection.close();
    throw interrupted();
  }
  return connection;
}
