import { openConnection } from '../../connection/open.js';
import type { ConnectionSettings } from '../../model/play.js';
import { sh } from '../../sh.js';

/** State of a socket that listens, as /proc/net/tcp has it. */
const listening = '0A';

/** Returns the TCP ports of a host at which something listens. @throws ConnectionError, Error where it can't tell */
export async function usedPorts(name: string, settings: ConnectionSettings): Promise<ReadonlySet<number>> {
  const connection = await openConnection(name, settings);
  try {
    const script = sh`cat /proc/net/tcp && { cat /proc/net/tcp6 2>/dev/null; :; }`;
    const [reply] = await connection.probe([{ script }], false);
    if (reply?.status !== 0) throw new Error(`${name}: its ports can't be read: ${reply?.stderr.trim() ?? ''}`);
    return portsIn(reply.stdout);
  } finally {
    await connection.close();
  }
}

function portsIn(table: string): ReadonlySet<number> {
  const ports = new Set<number>();
  for (const line of table.split('\n')) {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const port = Number.parseInt(local.split(':')[1] ?? '', 16);
    if (state === listening && port > 0) ports.add(port);
  }
  return ports;
}
