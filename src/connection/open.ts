import type { ConnectionSettings } from '../model/play.js';
import { type Connection, ConnectionError } from './connection.js';
import { hostConnection } from './host-connection.js';

export interface OpenOptions {
  readonly signal?: AbortSignal;
  readonly verbose?: (line: string) => void;
}

/**
 * Connects to a host as its settings say.
 *
 * @throws ConnectionError naming what is wrong and what to try: an unknown host key, a refused login, no answer
 */
export async function openConnection(
  name: string,
  settings: ConnectionSettings,
  options: OpenOptions = {},
): Promise<Connection> {
  if (options.signal?.aborted) throw new ConnectionError('refused', `${name}: interrupted before it was connected`);
  const started = performance.now();
  const transport = await (settings.connection === 'local'
    ? import('./local.js').then(({ localTransport }) => localTransport())
    : import('./ssh.js').then(({ sshTransport }) => sshTransport(name, settings)));
  options.verbose?.(
    `connected to ${transport.where} as ${transport.user} in ${Math.round(performance.now() - started)} ms`,
  );
  return hostConnection(transport, {
    becomePassword: settings.becomePassword,
    shellDeadline: settings.connectTimeout + 20,
  });
}
